package main

import (
	"sync/atomic"

	"paceline/impls/_go/raft"
)

// member is one incarnation of a node: a goroutine with everything that a crash takes away.
type member struct {
	id          int
	incarnation int
	cluster     *cluster
	mailbox     *mailbox
	link        link
	delays      *delays
	fenced      atomic.Bool   // no longer to act
	done        chan struct{} // closed when the goroutine has ended

	commitIndex  atomic.Uint64
	lastLogIndex atomic.Uint64

	// The goroutine's own.
	core     *raft.Node
	nowUs    int64 // of the last step
	store    store
	journal  journal
	timer    *appointment
	mail     mail
	inFlight []delivery // those that NETWORK_DELAY_US still holds back
	waiting  map[uint64]*request
	lastID   uint64
}

func newMember(c *cluster, id, incarnation int, j func(*member) journal) *member {
	box := newMailbox()
	m := &member{
		id: id, incarnation: incarnation, cluster: c, mailbox: box, delays: newDelays(c.config.clusterSize),
		done: make(chan struct{}), core: raft.NewNode(c.config.node(id)), store: store{}, timer: newAppointment(box.bell),
		waiting: map[uint64]*request{},
	}
	m.journal = j(m)
	return m
}

// run lives until the member is fenced.
func (m *member) run(restored persisted) {
	defer close(m.done)
	defer m.abandon()
	m.step(raft.Restart{
		Term: restored.term, VotedFor: restored.votedFor, Entries: restored.entries,
		Random: raft.SeedOf(m.cluster.config.seed, m.id, m.incarnation),
	})
	for !m.fenced.Load() {
		m.publish()
		m.cluster.alarm.set(m.timer, m.nextWakeUs())
		<-m.mailbox.bell
		m.wake()
	}
}

// fence ends the member without waiting for it.
func (m *member) fence() {
	m.link.cut()
	m.fenced.Store(true)
	m.mailbox.bell.ring()
}

func (m *member) nextWakeUs() int64 {
	wakeUs := m.core.NextDeadlineUs()
	if len(m.inFlight) > 0 {
		wakeUs = min(wakeUs, m.inFlight[0].sentUs+m.cluster.config.networkDelayUs)
	}
	return wakeUs
}

// wake takes all that has come, then looks whether the deadline has.
func (m *member) wake() {
	m.mailbox.take(&m.mail)
	if m.mail.persistedSeq > 0 {
		m.step(raft.Persisted{Seq: m.mail.persistedSeq})
	}
	m.receive()
	if m.mail.heartbeat != nil {
		m.beat(m.mail.heartbeat)
	}
	m.propose(m.mail.proposals)
	m.read(m.mail.reads)
	if m.cluster.clock.nowUs() >= m.core.NextDeadlineUs() {
		m.step(raft.Tick{})
	}
	m.writeJournal()
}

// writeJournal may learn at once that all is durable, and what is done then may have to be written too.
func (m *member) writeJournal() {
	for !m.fenced.Load() {
		seq, err := m.journal.write()
		switch {
		case err != nil:
			m.cluster.fail(m, err)
		case seq == 0:
			return
		default:
			m.step(raft.Persisted{Seq: seq})
		}
	}
}

// receive steps on what has arrived. With a delay for all, messages are due in the order in which they came.
func (m *member) receive() {
	delayUs := m.cluster.config.networkDelayUs
	if delayUs == 0 {
		for i := range m.mail.deliveries {
			m.arrive(&m.mail.deliveries[i])
		}
		return
	}
	m.inFlight = append(m.inFlight, m.mail.deliveries...)
	arrived := 0
	nowUs := m.cluster.clock.nowUs()
	for ; arrived < len(m.inFlight) && m.inFlight[arrived].sentUs+delayUs <= nowUs; arrived++ {
		m.arrive(&m.inFlight[arrived])
	}
	rest := copy(m.inFlight, m.inFlight[arrived:])
	clear(m.inFlight[rest:])
	m.inFlight = m.inFlight[:rest]
}

// arrive reads the clock before it looks at the link: what it steps on, it steps on before any cut that it does not see.
func (m *member) arrive(d *delivery) {
	nowUs := m.cluster.clock.nowUs()
	if !d.links.whole(&d.from.link, &m.link) {
		return
	}
	message, dropped := m.cluster.underRule(d.message)
	if dropped {
		return
	}
	m.delays.add(nowUs - d.sentUs)
	m.stepAt(nowUs, raft.Receive{Message: message}, nil)
	if d.broadcast != nil {
		d.broadcast.arrived(m.id)
	}
}

func (m *member) beat(b *broadcast) {
	m.stepAt(m.cluster.clock.nowUs(), raft.Heartbeat{}, b)
}

func (m *member) propose(requests []*request) {
	if len(requests) == 0 {
		return
	}
	proposals := make([]raft.Proposal, len(requests))
	for i, r := range requests {
		proposals[i] = raft.Proposal{ID: m.await(r), Command: r.command}
	}
	m.step(raft.Propose{Requests: proposals})
}

func (m *member) read(requests []*request) {
	if len(requests) == 0 {
		return
	}
	ids := make([]uint64, len(requests))
	for i, r := range requests {
		ids[i] = m.await(r)
	}
	m.step(raft.Read{IDs: ids})
}

func (m *member) await(r *request) (id uint64) {
	m.lastID++
	m.waiting[m.lastID] = r
	return m.lastID
}

func (m *member) step(input raft.Input) {
	m.stepAt(m.cluster.clock.nowUs(), input, nil)
}

func (m *member) stepAt(nowUs int64, input raft.Input, b *broadcast) {
	m.nowUs = nowUs
	m.perform(m.core.Step(nowUs, input), b)
}

// perform does what a step wants done, in the contract's order.
func (m *member) perform(effects raft.Effects, b *broadcast) {
	if effects.Persist != nil {
		m.journal.append(effects.Persist)
	}
	if len(effects.Sends) > 0 {
		sentUs := m.cluster.clock.nowUs()
		for _, message := range effects.Sends {
			m.cluster.send(m, message, sentUs, b)
		}
	}
	if effects.Apply != nil {
		m.store.apply(effects.Apply.Entries)
	}
	for _, reply := range effects.Replies {
		m.reply(reply)
	}
	if effects.Role != nil {
		m.cluster.roleChanged(m, *effects.Role, m.nowUs)
	}
}

func (m *member) reply(reply raft.Reply) {
	r := m.waiting[reply.ID]
	delete(m.waiting, reply.ID)
	value, found := "", false
	if reply.Outcome == raft.ReadAllowed {
		value, found = m.store[r.key]
	}
	r.answer <- answer{reply.Outcome, reply.Index, reply.Term, value, found}
}

// publish stores what GET /cluster shows.
func (m *member) publish() {
	m.commitIndex.Store(m.core.CommitIndex())
	m.lastLogIndex.Store(m.core.LastLogIndex())
}

// abandon answers whom the member leaves behind.
func (m *member) abandon() {
	m.cluster.alarm.cancel(m.timer)
	m.journal.close()
	rest := m.mailbox.close()
	for _, r := range m.waiting {
		r.answer <- answer{outcome: crashed}
	}
	for _, r := range append(rest.proposals, rest.reads...) {
		r.answer <- answer{outcome: crashed}
	}
}
