package main

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"paceline/impls/_go/raft"
)

// cluster is the nodes of this program: their links, crashes and restarts.
type cluster struct {
	config config
	log    *slog.Logger
	clock  clock
	alarm  *alarm

	members []atomic.Pointer[member] // by id; of a crashed node the last incarnation
	rule    atomic.Pointer[laggardRule]

	restarting    sync.Mutex
	leaderCrashes sync.Mutex // one request at a time
	random        raft.Random

	mu        sync.Mutex
	seats     []seat // by id
	started   int    // nodes that have been started once: before all have, there is no leader
	leader    *member
	elections elections
}

// seat is what the cluster knows of a node.
type seat struct {
	status status
	role   raft.RoleChange // the last
}

type status string

const (
	live     status = "live"
	isolated status = "isolated"
	down     status = "crashed"
)

// openCluster reads all logs but starts no node yet.
func openCluster(config config, log *slog.Logger) (*cluster, []restored, error) {
	alarm, err := newAlarm()
	if err != nil {
		return nil, nil, err
	}
	c := &cluster{
		config: config, log: log, clock: newClock(), alarm: alarm, random: raft.SeedOf(config.seed, 0, 0),
		members: make([]atomic.Pointer[member], config.clusterSize+1), seats: make([]seat, config.clusterSize+1),
	}
	nodes := make([]restored, 0, config.clusterSize)
	for id := 1; id <= config.clusterSize; id++ {
		node, err := c.restore(id)
		if err != nil {
			return nil, nil, err
		}
		nodes = append(nodes, node)
	}
	return c, nodes, nil
}

// restored is what was found in a node's file.
type restored struct {
	persisted
	log          *logFile
	droppedBytes int
}

func (c *cluster) restore(id int) (restored, error) {
	log, found, droppedBytes, err := openLog(c.config.dataDir, id)
	if err == nil && droppedBytes > 0 {
		c.log.Warn("log cut after its last whole record", "node", id, "entriesKept", len(found.entries), "bytesDropped", droppedBytes)
	}
	if err == nil && c.config.fsync {
		if err = syncFolder(c.config.dataDir); err != nil {
			log.close()
		}
	}
	return restored{found, log, droppedBytes}, err
}

func (c *cluster) start(nodes []restored) {
	go c.alarm.run(c.clock)
	members := make([]*member, len(nodes))
	for i, node := range nodes {
		members[i] = newMember(c, i+1, 1, c.journalOn(node.log))
		c.members[i+1].Store(members[i])
		c.seats[i+1].status = live
	}
	for i, m := range members {
		go m.run(nodes[i].persisted)
	}
}

func (c *cluster) journalOn(log *logFile) func(*member) journal {
	return func(m *member) journal {
		if !c.config.fsync {
			return &fileJournal{log: log}
		}
		durable := func(seq uint64) { m.mailbox.put(func(mail *mail) { mail.persistedSeq = seq }) }
		return newSyncedJournal(log, durable, func(err error) { c.fail(m, err) })
	}
}

// stop ends all nodes, and waits until they have.
func (c *cluster) stop() {
	for id := range c.config.clusterSize {
		c.members[id+1].Load().fence()
	}
	for id := range c.config.clusterSize {
		<-c.members[id+1].Load().done
	}
	c.alarm.close()
}

// send puts a message on its way, unless an end of it is cut off.
func (c *cluster) send(from *member, message raft.Message, sentUs int64, b *broadcast) {
	to := c.members[message.Head().To].Load()
	if links, open := from.link.open(&to.link); open {
		to.mailbox.deliver(delivery{message, sentUs, from, links, b})
	}
}

// roleChanged is called by the node's own goroutine, at the time of the step. A node that has just crashed has no say.
func (c *cluster) roleChanged(m *member, role raft.RoleChange, nowUs int64) {
	c.log.Info("role", "node", m.id, "role", role.Role, "term", role.Term, "leader", role.Leader)
	c.mu.Lock()
	defer c.mu.Unlock()
	seat := &c.seats[m.id]
	allStarted := c.countStart(m, seat)
	if m.fenced.Load() {
		return
	}
	seat.role = role
	if role.Role == raft.Leader || c.leader == m || allStarted {
		c.findLeader()
	}
	c.elections.roleChanged(m.id, role, nowUs)
}

// countStart returns whether this was the last node to take its first step.
func (c *cluster) countStart(m *member, s *seat) (allStarted bool) {
	if m.incarnation > 1 || s.role.Role != "" {
		return false
	}
	c.started++
	return c.started == c.config.clusterSize
}

// findLeader looks for the live node that leads in the highest term.
func (c *cluster) findLeader() {
	c.leader = nil
	if c.started < c.config.clusterSize {
		return
	}
	var term uint64
	for id := range c.seats {
		if s := &c.seats[id]; s.status == live && s.role.Role == raft.Leader && s.role.Term > term {
			term = s.role.Term
			c.leader = c.members[id].Load()
		}
	}
}

// currentLeader is nil while there is none.
func (c *cluster) currentLeader() *member {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leader
}

// crash is the answer of both crash routes.
type crash struct {
	ID          int    `json:"id"`
	WasLeader   bool   `json:"wasLeader"`
	Term        uint64 `json:"term"`
	DelayUs     int64  `json:"delayUs"`
	CrashedAtUs int64  `json:"crashedAtUs"`
}

// crashNode drops a node with everything in memory.
func (c *cluster) crashNode(id int) (crash, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seats[id].status == down {
		return crash{}, conflict("the node has crashed already")
	}
	return c.drop(c.members[id].Load()), nil
}

// drop cuts the transport first: the crash is the instant after which nothing of the node is delivered.
func (c *cluster) drop(m *member) crash {
	seat := &c.seats[m.id]
	m.fence()
	crashed := crash{ID: m.id, WasLeader: c.leader == m, Term: seat.role.Term, CrashedAtUs: c.clock.nowUs()}
	seat.status = down
	c.findLeader()
	if crashed.WasLeader {
		c.elections.open(crashed, c.liveIDs())
	} else {
		c.elections.lost(m.id)
	}
	c.log.Info("crashed", "node", m.id, "term", crashed.Term, "wasLeader", crashed.WasLeader)
	return crashed
}

func (c *cluster) liveIDs() map[int]bool {
	ids := map[int]bool{}
	for id, seat := range c.seats {
		if seat.status == live {
			ids[id] = true
		}
	}
	return ids
}

// fail is the crash of a node that cannot write its log. No election is opened: no request asked for this crash.
func (c *cluster) fail(m *member, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.fenced.Load() {
		return
	}
	c.log.Error("node crashed: its log cannot be written", "node", m.id, "error", cause)
	wasLeader := c.leader == m
	m.fence()
	c.seats[m.id].status = down
	c.findLeader()
	if wasLeader {
		c.elections.interrupt()
	} else {
		c.elections.lost(m.id)
	}
}

// restart is the answer of the restart route.
type restart struct {
	ID            int    `json:"id"`
	Incarnation   int    `json:"incarnation"`
	RestartedAtUs int64  `json:"restartedAtUs"`
	Term          uint64 `json:"term"`
	LastLogIndex  int    `json:"lastLogIndex"`
	DroppedBytes  int    `json:"droppedBytes"`
}

// restartNode starts the next incarnation from what the last one left on disk.
func (c *cluster) restartNode(id int) (restart, error) {
	c.restarting.Lock()
	defer c.restarting.Unlock()
	if c.statusOf(id) != down {
		return restart{}, conflict("the node has not crashed")
	}
	last := c.members[id].Load()
	<-last.done
	found, err := c.restore(id)
	if err != nil {
		return restart{}, fmt.Errorf("node %d cannot restart: %w", id, err)
	}
	next := newMember(c, id, last.incarnation+1, c.journalOn(found.log))
	c.seat(next)
	go next.run(found.persisted)
	return restart{id, next.incarnation, c.clock.nowUs(), found.term, len(found.entries), found.droppedBytes}, nil
}

func (c *cluster) seat(m *member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members[m.id].Store(m)
	c.seats[m.id] = seat{status: live}
	c.elections.interrupt()
}

func (c *cluster) statusOf(id int) status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seats[id].status
}

// setIsolated cuts a node off, or takes it back.
func (c *cluster) setIsolated(id int, cut bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	seat, m := &c.seats[id], c.members[id].Load()
	switch {
	case seat.status == down:
		return conflict("the node has crashed")
	case cut == (seat.status == isolated):
		return nil
	case cut:
		m.link.cut()
		seat.status = isolated
	default:
		m.link.heal()
		seat.status = live
	}
	c.findLeader()
	c.elections.interrupt()
	return nil
}
