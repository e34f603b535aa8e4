package raft

// appendToAll sends every peer something, even if there is nothing to append.
func (n *Node) appendToAll() {
	peers := n.state.leadership.peers
	for i := range peers {
		n.appendTo(&peers[i], true)
	}
}

// appendTo sends a peer what it may be sent now; with force at least one message.
func (n *Node) appendTo(p *peer, force bool) {
	var sent bool
	if p.probing {
		sent = n.probe(p, force)
	} else {
		sent = n.stream(p)
	}
	if force && !sent {
		n.appendEntries(p, nil)
	}
}

// probe sends one message, then waits for its reply or the next heartbeat.
func (n *Node) probe(p *peer, force bool) (sent bool) {
	if p.paused || (!force && p.nextIndex > n.log.lastIndex()) {
		return false
	}
	n.appendEntries(p, n.log.slice(p.nextIndex, n.config.MaxBatchEntries))
	p.paused = true
	return true
}

// stream sends all there is without waiting for replies, as far as the window goes (dissertation 10.2.1).
func (n *Node) stream(p *peer) (sent bool) {
	lastIndex := n.log.lastIndex()
	for p.nextIndex <= lastIndex && p.nextIndex-p.matchIndex <= n.config.WindowEntries {
		entries := n.log.slice(p.nextIndex, n.config.MaxBatchEntries)
		n.appendEntries(p, entries)
		p.nextIndex += uint64(len(entries))
		sent = true
	}
	return sent
}

func (n *Node) appendEntries(p *peer, entries []Entry) {
	prevIndex := p.nextIndex - 1
	n.send(AppendEntries{
		Envelope: n.envelope(p.id), PrevLogIndex: prevIndex, PrevLogTerm: n.log.termAt(prevIndex), Entries: entries,
		LeaderCommit: n.commitIndex, Round: n.state.leadership.round,
	})
}

func (n *Node) onAppendEntries(m AppendEntries) {
	switch {
	case m.Term < n.currentTerm:
		n.reject(m, 0, 0)
	case n.state.role != Leader: // of its own term a leader gets none
		n.follow(m)
	}
}

func (n *Node) follow(m AppendEntries) {
	n.state.becomeFollower(m.From)
	n.timer.resetElection(n.nowUs, &n.config)
	ownTerm := n.log.termAt(m.PrevLogIndex)
	switch {
	case m.PrevLogIndex > n.log.lastIndex():
		n.reject(m, 0, n.log.lastIndex()+1)
	case ownTerm != m.PrevLogTerm:
		n.reject(m, ownTerm, n.log.firstIndexFrom(ownTerm))
	default:
		n.take(m)
	}
}

func (n *Node) take(m AppendEntries) {
	n.merge(m.PrevLogIndex, m.Entries)
	lastNew := m.PrevLogIndex + uint64(len(m.Entries))
	n.commitTo(min(m.LeaderCommit, lastNew))
	n.answer(m, AppendEntriesReply{Success: true, MatchIndex: lastNew})
}

// merge keeps what is there already, and cuts the log only at an entry that differs: an old message must not shorten it.
func (n *Node) merge(prevIndex uint64, entries []Entry) {
	index := prevIndex + 1
	for len(entries) > 0 && n.log.termAt(index) == entries[0].Term {
		entries = entries[1:]
		index++
	}
	if len(entries) == 0 {
		return
	}
	if index <= n.log.lastIndex() {
		n.log.cutBefore(index)
	}
	n.log.append(entries...)
	n.logChanged(index)
}

func (n *Node) reject(m AppendEntries, conflictTerm, conflictIndex uint64) {
	n.answer(m, AppendEntriesReply{ConflictTerm: conflictTerm, ConflictIndex: conflictIndex})
}

func (n *Node) answer(m AppendEntries, reply AppendEntriesReply) {
	reply.Envelope = n.envelope(m.From)
	reply.PrevLogIndex = m.PrevLogIndex
	reply.Round = m.Round
	n.send(reply)
}

func (n *Node) onAppendEntriesReply(m AppendEntriesReply) {
	if n.state.role != Leader || m.Term != n.currentTerm {
		return
	}
	p := n.state.leadership.peer(m.From)
	p.ackedUs = n.nowUs
	if m.Success {
		p.advance(&n.log, m.MatchIndex, n.config.MaxBatchEntries)
	} else {
		p.backUp(&n.log, m)
	}
	n.advanceCommit()
	n.acknowledgeRound(p, m.Round)
	n.appendTo(p, false)
}
