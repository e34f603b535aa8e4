package main

import "paceline/impls/_go/raft"

const (
	keptElections   = 10_000
	listedElections = 1_000
)

// election is what followed the crash of a leader. The last six fields are null until it is complete.
type election struct {
	Number        int     `json:"number"`
	CrashedID     int     `json:"crashedId"`
	CrashedTerm   uint64  `json:"crashedTerm"`
	CrashedAtUs   int64   `json:"crashedAtUs"`
	LiveCount     int     `json:"liveCount"`
	Leader        *int    `json:"leader"`
	Term          *uint64 `json:"term"`
	ElectedAtUs   *int64  `json:"electedAtUs"`
	CompletedAtUs *int64  `json:"completedAtUs"`
	ElectionUs    *int64  `json:"electionUs"`
	Terms         *uint64 `json:"terms"`
}

// elections are the last ones, and what is known of the one under way.
type elections struct {
	number  int
	kept    []*election
	current *election      // nil: none is under way
	live    map[int]bool   // those that must agree on a successor
	reports map[int]report // by id, the last
}

// report is what a node said of itself, and when.
type report struct {
	raft.RoleChange
	atUs int64
}

func (e *elections) open(c crash, live map[int]bool) {
	e.number++
	e.current = &election{
		Number: e.number, CrashedID: c.ID, CrashedTerm: c.Term, CrashedAtUs: c.CrashedAtUs, LiveCount: len(live),
	}
	e.kept = append(e.kept, e.current)
	if len(e.kept) > keptElections {
		e.kept = e.kept[1:]
	}
	e.live = live
	e.complete()
}

// interrupt leaves the one under way incomplete for ever.
func (e *elections) interrupt() { e.current = nil }

// lost is the crash of another node than the leader: its word is waited for no longer.
func (e *elections) lost(id int) {
	delete(e.live, id)
	e.complete()
}

func (e *elections) roleChanged(id int, role raft.RoleChange, nowUs int64) {
	if e.reports == nil {
		e.reports = map[int]report{}
	}
	e.reports[id] = report{role, nowUs}
	e.complete()
}

// complete ends the one under way if a live node leads a later term and all others have heard of it.
func (e *elections) complete() {
	if e.current == nil {
		return
	}
	for id := range e.live {
		successor := e.reports[id]
		if successor.Role != raft.Leader || successor.Term <= e.current.CrashedTerm {
			continue
		}
		if completedUs, all := e.heardUs(successor); all {
			e.current.end(successor, completedUs)
			e.current = nil
			return
		}
	}
}

// heardUs is when the last live node heard of the leader, if all have.
func (e *elections) heardUs(leader report) (lastUs int64, all bool) {
	for id := range e.live {
		last := e.reports[id]
		if last.Term != leader.Term || last.Leader != leader.Leader {
			return 0, false
		}
		lastUs = max(lastUs, last.atUs)
	}
	return lastUs, true
}

func (e *election) end(successor report, completedUs int64) {
	electionUs, terms := completedUs-e.CrashedAtUs, successor.Term-e.CrashedTerm
	e.Leader, e.Term, e.ElectedAtUs = &successor.Leader, &successor.Term, &successor.atUs
	e.CompletedAtUs, e.ElectionUs, e.Terms = &completedUs, &electionUs, &terms
}

// after gives those with greater numbers, oldest first.
func (e *elections) after(number int) []election {
	listed := []election{}
	for _, kept := range e.kept {
		if kept.Number > number && len(listed) < listedElections {
			listed = append(listed, *kept)
		}
	}
	return listed
}
