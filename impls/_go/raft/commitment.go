package raft

import "slices"

// commitTo hands out everything up to index, if that is news.
func (n *Node) commitTo(index uint64) { n.commitIndex = max(n.commitIndex, index) }

// advanceCommit commits what a majority has persisted, if it is of the current term: older entries only along with such a
// one (paper 5.4.2).
func (n *Node) advanceCommit() {
	lead := n.state.leadership
	index := n.majorityIndex(lead)
	if index <= n.commitIndex || n.log.termAt(index) != n.currentTerm {
		return
	}
	n.commitTo(index)
	n.answerProposals(lead)
	n.releaseReads(lead)
}

// majorityIndex is the highest index that a majority has, or 0 where none beyond the commitment has one.
func (n *Node) majorityIndex(lead *leadership) uint64 {
	ahead := lead.matches[:0]
	if n.persistence.durableIndex > n.commitIndex {
		ahead = append(ahead, n.persistence.durableIndex)
	}
	for i := range lead.peers {
		if match := lead.peers[i].matchIndex; match > n.commitIndex {
			ahead = append(ahead, match)
		}
	}
	if len(ahead) < n.majority {
		return 0
	}
	slices.Sort(ahead)
	return ahead[len(ahead)-n.majority]
}

func (n *Node) answerProposals(lead *leadership) {
	answered := 0
	for _, p := range lead.proposals {
		if p.index > n.commitIndex {
			break
		}
		n.reply(p.id, Committed, p.index)
		answered++
	}
	lead.proposals = slices.Delete(lead.proposals, 0, answered)
}
