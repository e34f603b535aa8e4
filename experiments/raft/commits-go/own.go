// Package peers compares the raft core with etcd's in one run: three nodes in one loop, batches of 64 proposals, everything
// persisted at once to memory.
//
//	go test -bench . -benchmem ./...
package peers

import "paceline/impls/_go/raft"

const clusterSize = 3

// cluster commits commands.
type cluster interface {
	// commit proposes them together, and returns how many entries the nodes have applied by the time that nothing is left to
	// do.
	commit(commands []string) (appliedCount int)
}

// ownCluster is three of our nodes.
type ownCluster struct {
	nodes   [clusterSize + 1]*raft.Node
	inbox   []letter
	nowUs   int64
	applied int
	lastID  uint64
}

type letter struct {
	to    int
	input raft.Input
}

func newOwnCluster() *ownCluster {
	c := &ownCluster{}
	for id := 1; id <= clusterSize; id++ {
		c.nodes[id] = raft.NewNode(raft.Config{
			ID: id, ClusterSize: clusterSize, ElectionTimeoutMinUs: 150_000, ElectionTimeoutMaxUs: 300_000, HeartbeatUs: 75_000,
			MaxBatchEntries: 64, WindowEntries: 1024,
		})
		c.step(id, raft.Restart{Random: raft.Random(id)})
	}
	c.nowUs = c.nodes[1].NextDeadlineUs()
	c.step(1, raft.Tick{})
	c.drain()
	return c
}

func (c *ownCluster) commit(commands []string) (appliedCount int) {
	c.applied = 0
	requests := make([]raft.Proposal, len(commands))
	for i, command := range commands {
		c.lastID++
		requests[i] = raft.Proposal{ID: c.lastID, Command: command}
	}
	c.step(1, raft.Propose{Requests: requests})
	c.drain()
	// The followers hear of the commitment with the next message; etcd's leader sends one of its own accord.
	c.step(1, raft.Heartbeat{})
	c.drain()
	return c.applied
}

func (c *ownCluster) step(to int, input raft.Input) {
	effects := c.nodes[to].Step(c.nowUs, input)
	if effects.Persist != nil {
		c.inbox = append(c.inbox, letter{to, raft.Persisted{Seq: effects.Persist.Seq}})
	}
	for _, message := range effects.Sends {
		c.inbox = append(c.inbox, letter{message.Head().To, raft.Receive{Message: message}})
	}
	if effects.Apply != nil {
		for _, entry := range effects.Apply.Entries {
			if entry.Command != "" {
				c.applied++
			}
		}
	}
}

func (c *ownCluster) drain() {
	for i := 0; i < len(c.inbox); i++ {
		c.step(c.inbox[i].to, c.inbox[i].input)
	}
	c.inbox = c.inbox[:0]
}
