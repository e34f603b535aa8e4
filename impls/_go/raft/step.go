package raft

// step is what the step under way has done so far. Its slices and structs are used again by the next.
type step struct {
	// As it was at the start.
	role        Role
	term        uint64
	leader      int
	commitIndex uint64

	voteChanged bool   // term or vote
	changedFrom uint64 // the lowest index whose entry changed; 0: none

	released int // how many of the sends were held before
	sends    []Message
	replies  []Reply

	persist    Persist
	apply      Apply
	roleChange RoleChange
}

func (n *Node) beginStep() {
	s := &n.step
	clear(s.sends) // what was sent is not kept alive
	*s = step{
		role: n.state.role, term: n.currentTerm, leader: n.state.leader, commitIndex: n.commitIndex,
		sends: s.sends[:0], replies: s.replies[:0],
	}
}

func (n *Node) logChanged(fromIndex uint64) {
	if n.step.changedFrom == 0 || fromIndex < n.step.changedFrom {
		n.step.changedFrom = fromIndex
	}
}

func (n *Node) send(m Message) { n.step.sends = append(n.step.sends, m) }

func (n *Node) reply(id uint64, outcome Outcome, index uint64) {
	n.step.replies = append(n.step.replies, Reply{id, outcome, index, n.currentTerm})
}

// release sends what was held for persist effects up to seq.
func (n *Node) release(seq uint64) {
	n.step.sends = n.persistence.confirm(seq, n.step.sends)
	n.step.released = len(n.step.sends)
}

func (n *Node) endStep() Effects {
	persist := n.persistEffect()
	n.holdBack()
	return Effects{
		Persist: persist, Sends: n.step.sends, Apply: n.applyEffect(), Replies: n.step.replies, Role: n.roleEffect(),
	}
}

func (n *Node) persistEffect() *Persist {
	s := &n.step
	if s.changedFrom == 0 && !s.voteChanged {
		return nil
	}
	var entries []Entry
	if s.changedFrom > 0 {
		entries = n.log.from(s.changedFrom)
	}
	s.persist = Persist{n.persistence.next(n.log.lastIndex()), n.currentTerm, n.votedFor, s.changedFrom, entries}
	return &s.persist
}

// holdBack keeps messages that claim something persisted until it is.
func (n *Node) holdBack() {
	if !n.persistence.pending() {
		return
	}
	s := &n.step
	kept := s.sends[:s.released]
	for _, m := range s.sends[s.released:] {
		if claimsPersisted(m) {
			n.persistence.hold(m)
		} else {
			kept = append(kept, m)
		}
	}
	clear(s.sends[len(kept):])
	s.sends = kept
}

func (n *Node) applyEffect() *Apply {
	s := &n.step
	if n.commitIndex == s.commitIndex {
		return nil
	}
	s.apply = Apply{s.commitIndex + 1, n.log.slice(s.commitIndex+1, int(n.commitIndex-s.commitIndex))}
	return &s.apply
}

func (n *Node) roleEffect() *RoleChange {
	s := &n.step
	if n.state.role == s.role && n.currentTerm == s.term && n.state.leader == s.leader {
		return nil
	}
	s.roleChange = RoleChange{n.state.role, n.currentTerm, n.state.leader}
	return &s.roleChange
}
