package main

import (
	"sync"

	"paceline/impls/_go/raft"
)

// mostWaiting is of messages from other nodes, and of requests from clients: far more than any burst.
const mostWaiting = 65_536

// mailbox is what has come for a node since it last looked. Putting something in never blocks.
//
// Note: a buffered channel a node was tried on paper. Two nodes that send to each other while both buffers are full wait for
// each other for ever; dropping instead loses part of every burst (a leader of 1001 nodes gets 1000 answers to a heartbeat);
// and a buffer for the largest burst costs each node more memory than its goroutine. So the letters lie in slices, and what
// goes through a channel is the wake-up.
type mailbox struct {
	bell bell

	mu     sync.Mutex
	closed bool
	mail   mail
}

// mail has each kind in the order in which it came.
type mail struct {
	persistedSeq uint64
	deliveries   []delivery
	heartbeat    *broadcast // nil: none is asked for
	proposals    []*request
	reads        []*request
}

// delivery is a message under way.
type delivery struct {
	message   raft.Message
	sentUs    int64
	from      *member
	links     linkStates
	broadcast *broadcast // nil: of no experiment
}

func newMailbox() *mailbox { return &mailbox{bell: newBell()} }

// put adds to the mail, unless the node is gone.
func (m *mailbox) put(add func(*mail)) (taken bool) {
	m.mu.Lock()
	taken = !m.closed
	if taken {
		add(&m.mail)
	}
	m.mu.Unlock()
	m.bell.ring()
	return taken
}

// ask is put for a client's request: one too many is not taken.
func (m *mailbox) ask(add func(*mail)) (taken bool) {
	m.put(func(waiting *mail) {
		if taken = len(waiting.proposals)+len(waiting.reads) < mostWaiting; taken {
			add(waiting)
		}
	})
	return taken
}

// deliver is put for messages, without a closure for each: one too many is lost, as on any network.
func (m *mailbox) deliver(d delivery) {
	m.mu.Lock()
	if !m.closed && len(m.mail.deliveries) < mostWaiting {
		m.mail.deliveries = append(m.mail.deliveries, d)
	}
	m.mu.Unlock()
	m.bell.ring()
}

// take empties the mailbox into mail, whose slices are used for what comes next.
func (m *mailbox) take(into *mail) {
	clear(into.deliveries)
	clear(into.proposals)
	clear(into.reads)
	empty := mail{deliveries: into.deliveries[:0], proposals: into.proposals[:0], reads: into.reads[:0]}
	m.mu.Lock()
	defer m.mu.Unlock()
	*into, m.mail = m.mail, empty
}

// close returns what was not read yet. The mailbox takes nothing more.
func (m *mailbox) close() mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	rest := m.mail
	m.mail = mail{}
	return rest
}
