package main

import "paceline/impls/_go/raft"

// overview is the cluster as GET /cluster shows it.
type overview struct {
	ClusterSize   int           `json:"clusterSize"`
	Leader        *int          `json:"leader"`
	Term          uint64        `json:"term"`
	NowUs         int64         `json:"nowUs"`
	OneWayDelayUs *delaySummary `json:"oneWayDelayUs"`
	Nodes         []nodeView    `json:"nodes"`
}

// nodeView has nothing in its last five fields while the node is crashed.
type nodeView struct {
	ID           int        `json:"id"`
	Status       status     `json:"status"`
	Incarnation  int        `json:"incarnation"`
	Role         *raft.Role `json:"role"`
	Term         *uint64    `json:"term"`
	Leader       *int       `json:"leader"`
	CommitIndex  *uint64    `json:"commitIndex"`
	LastLogIndex *uint64    `json:"lastLogIndex"`
}

func (c *cluster) overview() overview {
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := overview{ClusterSize: c.config.clusterSize, Nodes: make([]nodeView, 0, c.config.clusterSize)}
	if c.leader != nil {
		seen.Leader = idOrNil(c.leader.id)
	}
	var delaysUs []int64
	for id := 1; id <= c.config.clusterSize; id++ {
		m := c.members[id].Load()
		delaysUs = m.delays.appendTo(delaysUs)
		seen.Nodes = append(seen.Nodes, view(m, c.seats[id]))
		if c.seats[id].status == live {
			seen.Term = max(seen.Term, c.seats[id].role.Term)
		}
	}
	seen.OneWayDelayUs = summarise(delaysUs)
	seen.NowUs = c.clock.nowUs()
	return seen
}

func view(m *member, s seat) nodeView {
	v := nodeView{ID: m.id, Status: s.status, Incarnation: m.incarnation}
	if s.status == down {
		return v
	}
	commitIndex, lastLogIndex := m.commitIndex.Load(), m.lastLogIndex.Load()
	v.Role, v.Term, v.Leader = &s.role.Role, &s.role.Term, idOrNil(s.role.Leader)
	v.CommitIndex, v.LastLogIndex = &commitIndex, &lastLogIndex
	return v
}

func idOrNil(id int) *int {
	if id == 0 {
		return nil
	}
	return &id
}
