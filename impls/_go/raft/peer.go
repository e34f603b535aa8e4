package raft

// peer is what a leader knows of a follower.
type peer struct {
	id         int
	nextIndex  uint64 // the next entry to send
	matchIndex uint64 // known to be in the follower's persisted log
	probing    bool   // looking for where the logs agree: one message at a time, and nextIndex stays
	paused     bool   // probing, and that message is under way
	ackedUs    int64  // when the last reply came
	ackedRound uint64
}

// newPeers are all nodes but this one.
func newPeers(c *Config, lastIndex uint64, nowUs int64) []peer {
	peers := make([]peer, 0, c.ClusterSize-1)
	for id := 1; id <= c.ClusterSize; id++ {
		if id != c.ID {
			peers = append(peers, peer{id: id, nextIndex: lastIndex + 1, probing: true, ackedUs: nowUs})
		}
	}
	return peers
}

// peer finds one by its id: the ids ascend, and only the leader's own is left out.
func (l *leadership) peer(id int) *peer {
	if id <= len(l.peers) && l.peers[id-1].id == id {
		return &l.peers[id-1]
	}
	return &l.peers[id-2]
}

// advance takes a success. A peer far behind is brought near by one message at a time before entries are streamed to it.
func (p *peer) advance(log *ReplicatedLog, matchIndex uint64, maxBatchEntries int) {
	p.matchIndex = max(p.matchIndex, matchIndex)
	switch {
	case !p.probing:
		p.nextIndex = max(p.nextIndex, p.matchIndex+1)
	case p.foundAgreement(log):
		p.nextIndex = p.matchIndex + 1
		p.paused = false
		p.probing = log.lastIndex() > p.matchIndex+uint64(maxBatchEntries)
	}
}

// foundAgreement is false of an older answer: to stop probing for it would send again all that is under way, and again for
// each.
func (p *peer) foundAgreement(log *ReplicatedLog) bool {
	return p.matchIndex >= p.nextIndex || (p.matchIndex == p.nextIndex-1 && p.matchIndex == log.lastIndex())
}

// backUp takes a failure: it skips a whole conflicting term at a time (paper 5.3, end).
func (p *peer) backUp(log *ReplicatedLog, m AppendEntriesReply) {
	stale := m.PrevLogIndex <= p.matchIndex || (p.probing && m.PrevLogIndex != p.nextIndex-1)
	if stale {
		return
	}
	next := m.ConflictIndex
	if m.ConflictTerm > 0 {
		if last := log.lastIndexOf(m.ConflictTerm, m.PrevLogIndex); last > 0 {
			next = last + 1
		}
	}
	p.nextIndex = max(p.matchIndex+1, min(next, m.PrevLogIndex))
	p.probing, p.paused = true, false
}
