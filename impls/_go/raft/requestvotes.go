package raft

// requestVotes asks every peer, once in a term.
func (n *Node) requestVotes() {
	lastIndex, lastTerm := n.log.lastIndex(), n.log.lastTerm()
	for id := 1; id <= n.config.ClusterSize; id++ {
		if id != n.config.ID {
			n.send(RequestVotes{n.envelope(id), lastIndex, lastTerm})
		}
	}
}

func (n *Node) envelope(to int) Envelope { return Envelope{n.config.ID, to, n.currentTerm} }

func (n *Node) onRequestVotes(m RequestVotes) {
	granted := n.mayVoteFor(m) && n.isUpToDate(m)
	if granted {
		n.vote(m.From)
	}
	n.send(RequestVotesReply{n.envelope(m.From), granted})
}

// mayVoteFor gives one vote a term; the same candidate may ask again.
func (n *Node) mayVoteFor(m RequestVotes) bool {
	return m.Term == n.currentTerm && (n.votedFor == 0 || n.votedFor == m.From)
}

// isUpToDate: of two logs the one with the later last term is, of equal terms the longer one (paper 5.4.1).
func (n *Node) isUpToDate(m RequestVotes) bool {
	lastTerm := n.log.lastTerm()
	return m.LastLogTerm > lastTerm || (m.LastLogTerm == lastTerm && m.LastLogIndex >= n.log.lastIndex())
}

func (n *Node) vote(candidate int) {
	if n.votedFor != candidate {
		n.votedFor = candidate
		n.step.voteChanged = true
	}
	n.timer.resetElection(n.nowUs, &n.config)
}

func (n *Node) onRequestVotesReply(m RequestVotesReply) {
	if n.state.role == Candidate && m.Term == n.currentTerm && m.Granted {
		n.countVote(m.From)
	}
}
