package raft

import "slices"

// read is linearizable without a log entry (dissertation 6.4): a majority confirms the leader after the read came.
func (n *Node) read(ids []uint64) {
	if n.state.role != Leader {
		for _, id := range ids {
			n.reply(id, NotLeader, 0)
		}
		return
	}
	lead := n.state.leadership
	for _, id := range ids {
		lead.reads = append(lead.reads, waitingRead{id, lead.round + 1})
	}
	if lead.round == lead.confirmedRound {
		n.startRound(lead)
	}
}

func (n *Node) startRound(lead *leadership) {
	lead.round++
	lead.roundAcks = 0
	n.appendToAll()
	n.confirmRound(lead) // a cluster of one needs no answers
}

func (n *Node) acknowledgeRound(p *peer, round uint64) {
	if round <= p.ackedRound {
		return
	}
	p.ackedRound = round
	lead := n.state.leadership
	if round != lead.round || round <= lead.confirmedRound {
		return
	}
	lead.roundAcks++
	n.confirmRound(lead)
}

func (n *Node) confirmRound(lead *leadership) {
	if lead.roundAcks+1 < n.majority {
		return
	}
	lead.confirmedRound = lead.round
	n.releaseReads(lead)
	// The reads' rounds ascend: those that wait for a later one are last.
	if waiting := len(lead.reads); waiting > 0 && lead.reads[waiting-1].round > lead.round {
		n.startRound(lead)
	}
}

// releaseReads answers the reads whose round is confirmed, once an entry of the own term is committed.
func (n *Node) releaseReads(lead *leadership) {
	if n.commitIndex < lead.termStartIndex {
		return
	}
	released := 0
	for _, r := range lead.reads {
		if r.round > lead.confirmedRound {
			break
		}
		n.reply(r.id, ReadAllowed, n.commitIndex)
		released++
	}
	lead.reads = slices.Delete(lead.reads, 0, released)
}
