package peers

import (
	"math"

	etcd "go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

// etcdCluster is three of etcd's nodes, each with its storage in memory.
type etcdCluster struct {
	nodes   [clusterSize + 1]*etcd.RawNode
	stores  [clusterSize + 1]*etcd.MemoryStorage
	applied int
}

func newEtcdCluster() *etcdCluster {
	c := &etcdCluster{}
	for id := 1; id <= clusterSize; id++ {
		c.stores[id] = newEtcdStore()
		node, err := etcd.NewRawNode(&etcd.Config{
			ID: uint64(id), ElectionTick: 10, HeartbeatTick: 1, Storage: c.stores[id], Applied: 1, MaxSizePerMsg: math.MaxUint64,
			MaxInflightMsgs: 1024, Logger: silent{},
		})
		must(err)
		c.nodes[id] = node
	}
	must(c.nodes[1].Campaign())
	c.drain()
	return c
}

// newEtcdStore knows the three members from a snapshot at index 1.
func newEtcdStore() *etcd.MemoryStorage {
	store := etcd.NewMemoryStorage()
	var snapshot raftpb.Snapshot
	snapshot.Metadata.Index, snapshot.Metadata.Term = 1, 1
	snapshot.Metadata.ConfState.Voters = []uint64{1, 2, 3}
	must(store.ApplySnapshot(snapshot))
	return store
}

// commit proposes all in one message, which suits etcd better than one Propose for each.
func (c *etcdCluster) commit(commands []string) (appliedCount int) {
	c.applied = 0
	entries := make([]raftpb.Entry, len(commands))
	for i, command := range commands {
		entries[i].Data = []byte(command)
	}
	must(c.nodes[1].Step(raftpb.Message{Type: raftpb.MsgProp, From: 1, Entries: entries}))
	c.drain()
	return c.applied
}

func (c *etcdCluster) drain() {
	for busy := true; busy; {
		busy = false
		for id := 1; id <= clusterSize; id++ {
			for c.nodes[id].HasReady() {
				busy = true
				c.handle(id)
			}
		}
	}
}

func (c *etcdCluster) handle(id int) {
	ready := c.nodes[id].Ready()
	must(c.stores[id].Append(ready.Entries))
	if !etcd.IsEmptyHardState(ready.HardState) {
		must(c.stores[id].SetHardState(ready.HardState))
	}
	for _, message := range ready.Messages {
		must(c.nodes[message.To].Step(message))
	}
	for i := range ready.CommittedEntries {
		if len(ready.CommittedEntries[i].Data) > 0 {
			c.applied++
		}
	}
	c.nodes[id].Advance(ready)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// silent is a logger that keeps its peace.
type silent struct{}

func (silent) Debug(...any)            {}
func (silent) Debugf(string, ...any)   {}
func (silent) Error(...any)            {}
func (silent) Errorf(string, ...any)   {}
func (silent) Info(...any)             {}
func (silent) Infof(string, ...any)    {}
func (silent) Warning(...any)          {}
func (silent) Warningf(string, ...any) {}
func (silent) Fatal(v ...any)          { panic(v) }
func (silent) Fatalf(f string, _ ...any) {
	panic(f)
}
func (silent) Panic(v ...any) { panic(v) }
func (silent) Panicf(f string, _ ...any) {
	panic(f)
}
