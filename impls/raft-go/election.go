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
	current *election // nil: none is under way
	live    int       // nodes that take part
	terms   map[uint64]*tally
}

// tally is who leads in a term and who knows.
type tally struct {
	leader      int // 0: unknown yet
	electedAtUs int64
	followers   map[int]bool
	lastUs      int64
}

func (e *elections) open(c crash, liveCount int) {
	e.number++
	e.current = &election{
		Number: e.number, CrashedID: c.ID, CrashedTerm: c.Term, CrashedAtUs: c.CrashedAtUs, LiveCount: liveCount,
	}
	e.kept = append(e.kept, e.current)
	if len(e.kept) > keptElections {
		e.kept = e.kept[1:]
	}
	e.live = liveCount
	e.terms = map[uint64]*tally{}
}

// interrupt leaves the one under way incomplete for ever.
func (e *elections) interrupt() { e.current = nil }

// lost is the crash of another node than the leader: its word is waited for no longer.
func (e *elections) lost(id int) {
	if e.current == nil {
		return
	}
	e.live--
	for term, t := range e.terms {
		delete(t.followers, id)
		e.completeIf(term, t)
	}
}

func (e *elections) roleChanged(id int, role raft.RoleChange, nowUs int64) {
	if e.current == nil || role.Term <= e.current.CrashedTerm || role.Leader == 0 {
		return
	}
	t := e.tally(role.Term)
	t.lastUs = max(t.lastUs, nowUs)
	if role.Role == raft.Leader {
		t.leader, t.electedAtUs = id, nowUs
	} else {
		t.followers[id] = true
	}
	e.completeIf(role.Term, t)
}

func (e *elections) tally(term uint64) *tally {
	t, known := e.terms[term]
	if !known {
		t = &tally{followers: map[int]bool{}}
		e.terms[term] = t
	}
	return t
}

func (e *elections) completeIf(term uint64, t *tally) {
	if e.current == nil || t.leader == 0 || len(t.followers) < e.live-1 {
		return
	}
	electionUs, terms := t.lastUs-e.current.CrashedAtUs, term-e.current.CrashedTerm
	done := e.current
	done.Leader, done.Term, done.ElectedAtUs, done.CompletedAtUs = &t.leader, &term, &t.electedAtUs, &t.lastUs
	done.ElectionUs, done.Terms = &electionUs, &terms
	e.current = nil
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
