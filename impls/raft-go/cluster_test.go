package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"paceline/impls/_go/raft"
)

func TestWhatWasAcknowledgedOutlivesTheLeader(t *testing.T) {
	for _, durability := range []string{"file", "fsync"} {
		t.Run(durability, func(t *testing.T) {
			c := newClient(t, map[string]string{"DURABILITY": durability})
			c.leader()
			for i := range 20 {
				c.put("k"+strconv.Itoa(i), "first")
			}
			crashed := c.crashLeader("")
			if !crashed.WasLeader || crashed.DelayUs >= 15_000 {
				t.Errorf("got %+v", crashed)
			}
			for i := range 20 {
				c.expect("k"+strconv.Itoa(i), "first")
			}
			if e := c.elected(); *e.Leader == crashed.ID || e.CrashedID != crashed.ID || e.LiveCount != 2 || *e.ElectionUs <= 0 {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestNodesRestartFromWhatTheyPersisted(t *testing.T) {
	c := newClient(t, nil)
	c.put("a", "1")
	first := c.crashLeader("")
	c.put("b", "2")
	var back restart
	c.want(200, "POST", nodePath(first.ID, "restart"), "", &back)
	if back.Incarnation != 2 || back.Term < first.Term || back.LastLogIndex < 2 {
		t.Errorf("got %+v", back)
	}
	c.want(409, "POST", nodePath(first.ID, "restart"), "", nil)
	// Every node but the restarted one crashes and restarts: it must have the entries, or get them again.
	for id := 1; id <= 3; id++ {
		if id != first.ID {
			c.want(200, "POST", nodePath(id, "crash"), "", nil)
			c.want(200, "POST", nodePath(id, "restart"), "", nil)
		}
	}
	c.expect("a", "1")
	c.expect("b", "2")
}

func TestMajorityLostIsNoLeaderUntilItIsBack(t *testing.T) {
	c := newClient(t, map[string]string{"CLUSTER_SIZE": "5", "REQUEST_TIMEOUT_MS": "50"})
	c.put("a", "1")
	for id := 1; id <= 3; id++ {
		c.want(200, "POST", nodePath(id, "crash"), "", nil)
	}
	c.until("503", func() bool {
		status, header, _ := c.do("GET", "/health", "")
		return status == 503 && header.Get("Retry-After") == "1"
	})
	c.want(503, "PUT", "/kv/a", "2", nil)
	c.want(503, "GET", "/kv/a", "", nil)
	c.want(503, "POST", "/cluster/leader/crash", "", nil)
	for id := 1; id <= 3; id++ {
		c.want(200, "POST", nodePath(id, "restart"), "", nil)
	}
	c.expect("a", "1")
}

func TestAnIsolatedLeaderIsReplacedAndFollowsWhenHealed(t *testing.T) {
	c := newClient(t, map[string]string{"CLUSTER_SIZE": "5"})
	c.put("a", "old")
	old := c.leader()
	c.want(200, "POST", nodePath(old, "isolate"), "", nil)
	c.want(200, "POST", nodePath(old, "isolate"), "", nil)
	c.put("a", "new")
	if c.leader() == old {
		t.Error("the isolated node still leads")
	}
	c.want(200, "POST", nodePath(old, "heal"), "", nil)
	c.until("the healed node to have the whole log", func() bool {
		var seen overview
		c.want(200, "GET", "/cluster", "", &seen)
		healed, leader := seen.Nodes[old-1], c.leader()
		return healed.Status == live && leader != old && *healed.CommitIndex == *seen.Nodes[leader-1].CommitIndex
	})
	c.expect("a", "new")
	c.want(200, "POST", nodePath(old, "crash"), "", nil)
	for _, act := range []string{"crash", "isolate", "heal"} {
		c.want(409, "POST", nodePath(old, act), "", nil)
	}
}

func TestAClusterOfAnySizeServes(t *testing.T) {
	for _, size := range []string{"1", "2", "4", "25"} {
		t.Run(size, func(t *testing.T) {
			c := newClient(t, map[string]string{"CLUSTER_SIZE": size})
			c.put("a", size)
			c.expect("a", size)
		})
	}
}

// Each client writes numbers that ascend to a key of its own, and reads them: a read may be ahead of what was acknowledged
// (an outcome was unknown), never behind it.
func TestClientsReadWhatTheyWroteWhileLeadersCrashAndNetworksBreak(t *testing.T) {
	c := newClient(t, map[string]string{"CLUSTER_SIZE": "5", "REQUEST_TIMEOUT_MS": "300"})
	var writers sync.WaitGroup
	var acknowledged [6]int
	var stop atomic.Bool
	for w := range acknowledged {
		writers.Go(func() { acknowledged[w] = c.writeAndRead(fmt.Sprintf("w%d", w), &stop) })
	}
	for round := range 6 {
		c.disturb(round)
	}
	stop.Store(true)
	writers.Wait()
	for w, last := range acknowledged {
		if last == 0 {
			t.Errorf("writer %d was never heard", w)
		}
		c.until("a read", func() bool { return c.readNotBehind(fmt.Sprintf("w%d", w), last) })
	}
}

func (c *client) writeAndRead(key string, stop *atomic.Bool) (acknowledged int) {
	for i := 1; !stop.Load(); i++ {
		if status, _, _ := c.do("PUT", "/kv/"+key, strconv.Itoa(i)); status == 200 {
			acknowledged = i
		}
		c.readNotBehind(key, acknowledged)
	}
	return acknowledged
}

func (c *client) readNotBehind(key string, acknowledged int) (read bool) {
	status, _, text := c.do("GET", "/kv/"+key, "")
	value, _ := strconv.Atoi(text)
	if (status == 200 && value < acknowledged) || (status == 404 && acknowledged > 0) {
		c.t.Errorf("%s: %d was acknowledged, but %d, %q read", key, acknowledged, status, text)
	}
	return status == 200
}

func (c *client) disturb(round int) {
	switch round % 3 {
	case 0:
		crashed := c.crashLeader(`{"synchronise":true}`)
		c.elected()
		c.want(200, "POST", nodePath(crashed.ID, "restart"), "", nil)
	case 1:
		id := c.leader()
		c.want(200, "POST", nodePath(id, "isolate"), "", nil)
		c.leader()
		c.want(200, "POST", nodePath(id, "heal"), "", nil)
	case 2:
		id := c.leader()%5 + 1 // a follower, most likely
		c.want(200, "POST", nodePath(id, "crash"), "", nil)
		c.put("other", "x")
		c.want(200, "POST", nodePath(id, "restart"), "", nil)
	}
}

func TestLaggardsDoNotWin(t *testing.T) {
	c := newClient(t, map[string]string{"CLUSTER_SIZE": "5"})
	for range 8 {
		id := c.leader()
		leader := c.cluster.members[id].Load()
		if err := c.cluster.makeLaggards(t.Context(), leader, 2); err != nil {
			t.Fatal(err)
		}
		laggards := c.cluster.rule.Load().laggards
		if _, err := c.cluster.dropLeader(leader, 0); err != nil {
			t.Fatal(err)
		}
		if e := c.elected(); laggards[*e.Leader] || len(laggards) != 2 || laggards[id] {
			t.Errorf("node %d won; laggards were %v", *e.Leader, laggards)
		}
		c.want(200, "POST", nodePath(id, "restart"), "", nil)
	}
}

func TestLaggardsAreAMinorityOfAWholeCluster(t *testing.T) {
	c := newClient(t, map[string]string{"CLUSTER_SIZE": "5"})
	c.leader()
	c.want(409, "POST", "/cluster/leader/crash", `{"laggards":3}`, nil)
	beforeUs := c.cluster.clock.nowUs()
	crashed := c.crashLeader(`{"synchronise":true,"laggards":2}`)
	if crashed.CrashedAtUs-beforeUs < c.cluster.config.heartbeatUs+crashed.DelayUs {
		t.Error("no heartbeat came between the longer logs and the crash")
	}
	c.elected()
	if c.cluster.rule.Load() != nil {
		t.Error("the rule outlived the crash")
	}
	c.want(409, "POST", "/cluster/leader/crash", `{"laggards":1}`, nil) // not all nodes are live
}

func TestLaggardsGetNoEntriesAndHaveNoSay(t *testing.T) {
	c := &cluster{}
	c.rule.Store(&laggardRule{leader: 1, laggards: map[int]bool{3: true}})
	append := func(from, to int) raft.Message {
		return raft.AppendEntries{Envelope: raft.Envelope{From: from, To: to}, Entries: []raft.Entry{{}}}
	}
	for _, to := range []int{2, 3} {
		arriving, dropped := c.underRule(append(1, to))
		if m, _ := arriving.(raft.AppendEntries); dropped || len(m.Entries) != 3-to {
			t.Errorf("to node %d: got %+v, %t", to, m, dropped)
		}
		if _, dropped := c.underRule(raft.AppendEntriesReply{Envelope: raft.Envelope{From: to, To: 1}}); dropped != (to == 3) {
			t.Errorf("from node %d: dropped is %t", to, dropped)
		}
	}
	if arriving, _ := c.underRule(append(2, 3)); len(arriving.(raft.AppendEntries).Entries) != 1 {
		t.Error("another leader's entries were taken away")
	}
}

func TestMessagesAreDelayed(t *testing.T) {
	c := newClient(t, map[string]string{"NETWORK_DELAY_US": "2500"})
	c.put("a", "1")
	var seen overview
	c.want(200, "GET", "/cluster", "", &seen)
	if seen.OneWayDelayUs == nil || seen.OneWayDelayUs.Min < 2500 || seen.OneWayDelayUs.Count == 0 {
		t.Errorf("got %+v", seen.OneWayDelayUs)
	}
}

func TestWhatWasUnderWayWhenALinkBrokeNeverArrives(t *testing.T) {
	var from, to link
	states, open := from.open(&to)
	if !open || !states.whole(&from, &to) {
		t.Fatal("a whole link is cut")
	}
	to.cut()
	if _, open := from.open(&to); open {
		t.Error("a message set out to a node cut off")
	}
	to.heal()
	if states.whole(&from, &to) {
		t.Error("a message outlived the cut")
	}
}

func TestANodeThatCannotWriteItsLogCrashesAlone(t *testing.T) {
	c := newClient(t, nil)
	c.put("a", "1")
	id := c.leader()
	journal, _ := c.cluster.members[id].Load().journal.(*fileJournal)
	if err := journal.log.file.Close(); err != nil {
		t.Fatal(err)
	}
	c.put("a", "2")
	c.until("the node to crash", func() bool { return c.cluster.statusOf(id) == down })
	c.expect("a", "2")
	c.want(200, "POST", nodePath(id, "restart"), "", nil)
}

func TestARestartRejectsAForeignFile(t *testing.T) {
	c := newClient(t, nil)
	crashed := c.crashLeader("")
	file := filepath.Join(c.cluster.config.dataDir, fmt.Sprintf("node-%d.log", crashed.ID))
	<-c.cluster.members[crashed.ID].Load().done
	if err := os.WriteFile(file, []byte("not a log of ours"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.want(500, "POST", nodePath(crashed.ID, "restart"), "", nil)
	if _, _, err := openCluster(c.cluster.config, c.cluster.log); !errors.Is(err, errForeignFile) {
		t.Errorf("got %v", err)
	}
}
