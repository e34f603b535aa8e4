package raft

// Status is the state of a node as others may see it: in transcripts, at GET /cluster.
type Status struct {
	Role           Role
	Term           uint64
	VotedFor       int
	Leader         int
	CommitIndex    uint64
	LastLogIndex   uint64
	LastLogTerm    uint64
	DurableIndex   uint64
	Random         Random
	Held           int
	Votes          []int // ascending; of a candidate only
	Round          uint64
	ConfirmedRound uint64
	Proposals      int
	Reads          int
	Peers          []PeerStatus // ascending; of a leader only
}

// PeerStatus is what a leader knows of a follower.
type PeerStatus struct {
	ID         int
	NextIndex  uint64
	MatchIndex uint64
	Probing    bool
	Paused     bool
	AckedUs    int64
	AckedRound uint64
}

// CommitIndex is the last entry handed out to be applied.
func (n *Node) CommitIndex() uint64 { return n.commitIndex }

// LastLogIndex is 0 of an empty log.
func (n *Node) LastLogIndex() uint64 { return n.log.lastIndex() }

// Status copies the state.
func (n *Node) Status() Status {
	s := Status{
		Role: n.state.role, Term: n.currentTerm, VotedFor: n.votedFor, Leader: n.state.leader, CommitIndex: n.commitIndex,
		LastLogIndex: n.log.lastIndex(), LastLogTerm: n.log.lastTerm(), DurableIndex: n.persistence.durableIndex,
		Random: n.timer.random, Held: len(n.persistence.held),
	}
	if c := n.state.candidacy; c != nil {
		s.Votes = c.votes.ids()
	}
	if lead := n.state.leadership; lead != nil {
		s.Round, s.ConfirmedRound = lead.round, lead.confirmedRound
		s.Proposals, s.Reads = len(lead.proposals), len(lead.reads)
		for _, p := range lead.peers {
			s.Peers = append(s.Peers, PeerStatus{p.id, p.nextIndex, p.matchIndex, p.probing, p.paused, p.ackedUs, p.ackedRound})
		}
	}
	return s
}

func (v *votes) ids() []int {
	var ids []int
	for id, granted := range v.granted {
		if granted {
			ids = append(ids, id)
		}
	}
	return ids
}
