package main

import (
	"context"
	"sync"
	"time"

	"paceline/impls/_go/raft"
)

// Crashing the leader as the published experiment did (dissertation 9.4): at a random time within the heartbeat interval, on
// request just after a heartbeat reached all, and with followers whose logs are too short to win.

// laggardPollInterval is how often the logs of the others are looked at.
const laggardPollInterval = 500 * time.Microsecond

// conditions are those of the experiment.
type conditions struct {
	synchronise bool
	laggards    int
}

// laggardRule keeps entries of a leader from the laggards, and their answers from the leader.
type laggardRule struct {
	leader   int
	laggards map[int]bool
}

// underRule gives the message as it is to arrive.
func (c *cluster) underRule(message raft.Message) (arriving raft.Message, dropped bool) {
	rule := c.rule.Load()
	if rule == nil {
		return message, false
	}
	switch m := message.(type) {
	case raft.AppendEntries:
		if m.From == rule.leader && rule.laggards[m.To] {
			m.Entries = nil
			return m, false
		}
	case raft.AppendEntriesReply:
		return message, m.To == rule.leader && rule.laggards[m.From]
	}
	return message, false
}

// broadcast is the heartbeat that the crash waits for.
type broadcast struct {
	mu      sync.Mutex
	missing map[int]bool
	all     chan struct{} // closed when none is missing
}

func newBroadcast(ids []int) *broadcast {
	b := &broadcast{missing: map[int]bool{}, all: make(chan struct{})}
	for _, id := range ids {
		b.missing[id] = true
	}
	if len(ids) == 0 {
		close(b.all)
	}
	return b
}

func (b *broadcast) arrived(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.missing[id] {
		return
	}
	delete(b.missing, id)
	if len(b.missing) == 0 {
		close(b.all)
	}
}

// crashLeader does what POST /cluster/leader/crash asks for.
func (c *cluster) crashLeader(ctx context.Context, asked conditions) (crash, error) {
	leader := c.currentLeader()
	if leader == nil {
		return crash{}, noLeader
	}
	if !c.leaderCrashes.TryLock() {
		return crash{}, conflict("another such request is under way")
	}
	defer c.leaderCrashes.Unlock()
	if asked.laggards > 0 {
		defer c.rule.Store(nil)
		if err := c.makeLaggards(ctx, leader, asked.laggards); err != nil {
			return crash{}, err
		}
	}
	delayUs := int64(c.random.Next()) % c.config.heartbeatUs
	fromUs := c.clock.nowUs()
	if asked.laggards > 0 {
		// The append that made the logs differ has reset the timers: a heartbeat must come between it and the crash.
		fromUs += c.config.heartbeatUs
	}
	if err := c.sleepUntil(ctx, fromUs+delayUs); err != nil {
		return crash{}, err
	}
	if asked.synchronise {
		c.synchronise(ctx, leader)
	}
	return c.dropLeader(leader, delayUs)
}

func (c *cluster) dropLeader(leader *member, delayUs int64) (crash, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leader != leader {
		return crash{}, leadsNoLonger
	}
	crashed := c.drop(leader)
	crashed.DelayUs = delayUs
	c.rule.Store(nil)
	return crashed, nil
}

// makeLaggards lets all but the drawn followers have one more entry.
func (c *cluster) makeLaggards(ctx context.Context, leader *member, count int) error {
	followers := c.liveFollowers(leader)
	majority := c.config.clusterSize/2 + 1
	if len(followers) < c.config.clusterSize-1 || count > c.config.clusterSize-majority {
		return conflict("laggards need all nodes live, and a majority that is none")
	}
	drawn := c.draw(followers, count)
	c.rule.Store(&laggardRule{leader.id, drawn})
	ctx, cancel := context.WithTimeout(ctx, c.config.requestTimeout)
	defer cancel()
	index, err := c.proposeNothing(ctx, leader)
	if err != nil {
		return err
	}
	return c.awaitLogs(ctx, followers, drawn, index)
}

func (c *cluster) liveFollowers(leader *member) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []int
	for id, seat := range c.seats {
		if seat.status == live && id != leader.id {
			ids = append(ids, id)
		}
	}
	return ids
}

// draw takes some of the ids, each set of them as likely as another.
func (c *cluster) draw(ids []int, count int) map[int]bool {
	drawn := make(map[int]bool, count)
	for ids = append([]int(nil), ids...); len(drawn) < count; {
		i := int(c.random.Next()) % len(ids)
		drawn[ids[i]] = true
		ids[i] = ids[len(ids)-1]
		ids = ids[:len(ids)-1]
	}
	return drawn
}

// proposeNothing commits a command that changes no key.
func (c *cluster) proposeNothing(ctx context.Context, leader *member) (index uint64, err error) {
	r := newRequest("", "=")
	if !leader.mailbox.ask(func(m *mail) { m.proposals = append(m.proposals, r) }) {
		return 0, noLeader
	}
	select {
	case a := <-r.answer:
		if a.outcome != raft.Committed {
			return 0, leadsNoLonger
		}
		return a.index, nil
	case <-ctx.Done():
		return 0, laggardsTooSlow
	}
}

// awaitLogs waits until every follower that is no laggard has the entry.
func (c *cluster) awaitLogs(ctx context.Context, followers []int, laggards map[int]bool, index uint64) error {
	look := time.NewTicker(laggardPollInterval)
	defer look.Stop()
	for _, id := range followers {
		m := c.members[id].Load()
		for !laggards[id] && m.lastLogIndex.Load() < index {
			select {
			case <-look.C:
			case <-ctx.Done():
				return laggardsTooSlow
			}
		}
	}
	return nil
}

func (c *cluster) sleepUntil(ctx context.Context, atUs int64) error {
	woken := newAppointment(newBell())
	c.alarm.set(woken, atUs)
	defer c.alarm.cancel(woken)
	select {
	case <-woken.bell:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// synchronise returns when every live follower has stepped on a heartbeat sent now, or after one heartbeat interval.
func (c *cluster) synchronise(ctx context.Context, leader *member) {
	b := newBroadcast(c.liveFollowers(leader))
	late := newAppointment(newBell())
	c.alarm.set(late, c.clock.nowUs()+c.config.heartbeatUs)
	defer c.alarm.cancel(late)
	leader.mailbox.put(func(m *mail) { m.heartbeat = b })
	select {
	case <-b.all:
	case <-late.bell:
	case <-ctx.Done():
	}
}
