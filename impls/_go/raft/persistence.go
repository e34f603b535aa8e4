package raft

import "slices"

// persistence is what is under way to the disk, and the messages that must not be sent before it is there.
type persistence struct {
	seq          uint64 // persist effects made
	persistedSeq uint64 // those confirmed
	durableIndex uint64 // the last log index known to be persisted
	unconfirmed  []unconfirmed
	held         []heldMessage
}

type unconfirmed struct{ seq, lastIndex uint64 }

type heldMessage struct {
	seq     uint64 // the persist effect it waits for
	message Message
}

// next numbers a new persist effect, after which the log ends at lastIndex.
func (p *persistence) next(lastIndex uint64) uint64 {
	p.seq++
	p.unconfirmed = append(p.unconfirmed, unconfirmed{p.seq, lastIndex})
	return p.seq
}

func (p *persistence) pending() bool { return p.seq > p.persistedSeq }

func (p *persistence) hold(m Message) {
	p.held = append(p.held, heldMessage{p.seq, m})
}

// confirm notes that all up to seq is durable, and appends the messages that waited for it, oldest first, to sends.
func (p *persistence) confirm(seq uint64, sends []Message) []Message {
	p.persistedSeq = seq
	confirmed := 0
	for ; confirmed < len(p.unconfirmed) && p.unconfirmed[confirmed].seq <= seq; confirmed++ {
		p.durableIndex = p.unconfirmed[confirmed].lastIndex
	}
	p.unconfirmed = slices.Delete(p.unconfirmed, 0, confirmed)
	released := 0
	for ; released < len(p.held) && p.held[released].seq <= seq; released++ {
		sends = append(sends, p.held[released].message)
	}
	p.held = slices.Delete(p.held, 0, released)
	return sends
}

// claimsPersisted is false of AppendEntries alone: a leader writes while its followers do.
func claimsPersisted(m Message) bool {
	_, appends := m.(AppendEntries)
	return !appends
}
