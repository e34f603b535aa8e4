package raft

import "slices"

// election is held when the time-out has passed: the node stands for the next term.
func (n *Node) election() {
	n.currentTerm++
	n.votedFor = n.config.ID
	n.step.voteChanged = true
	// The own vote counts once it is persisted: by the persist effect that this step ends with.
	n.state.becomeCandidate(n.config.ClusterSize, n.persistence.seq+1)
	n.timer.resetElection(n.nowUs, &n.config)
	n.requestVotes()
}

// countOwnVote is called when something was persisted: perhaps that vote.
func (n *Node) countOwnVote() {
	c := n.state.candidacy
	if c.electionSeq <= n.persistence.persistedSeq && !c.votes.has(n.config.ID) {
		n.countVote(n.config.ID)
	}
}

func (n *Node) countVote(from int) {
	v := &n.state.candidacy.votes
	v.add(from)
	if v.count >= n.majority {
		n.becomeLeader()
	}
}

func (n *Node) becomeLeader() {
	peers := newPeers(&n.config, n.log.lastIndex(), n.nowUs)
	n.log.append(Entry{Term: n.currentTerm})
	n.logChanged(n.log.lastIndex())
	n.state.becomeLeader(n.config.ID, peers, n.log.lastIndex())
	n.timer.resetHeartbeat(n.nowUs, &n.config)
	n.appendToAll()
}

// adoptTerm makes the node a follower without a leader, in the term of a message.
func (n *Node) adoptTerm(term uint64) {
	n.currentTerm = term
	n.votedFor = 0
	n.step.voteChanged = true
	n.stepDown()
}

// stepDown lets a candidate keep its deadline; what waits at a leader is answered.
func (n *Node) stepDown() {
	lead := n.state.leadership
	n.state.becomeFollower(0)
	if lead == nil {
		return
	}
	n.timer.resetElection(n.nowUs, &n.config)
	n.step.replies = slices.Grow(n.step.replies, len(lead.proposals)+len(lead.reads))
	for _, p := range lead.proposals {
		n.reply(p.id, Unknown, p.index)
	}
	for _, r := range lead.reads {
		n.reply(r.id, NotLeader, 0)
	}
}
