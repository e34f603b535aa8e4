package main

import (
	"testing"

	"paceline/impls/_go/raft"
)

func follower(term uint64, leader int) raft.RoleChange {
	return raft.RoleChange{Role: raft.Follower, Term: term, Leader: leader}
}

func candidate(term uint64) raft.RoleChange { return raft.RoleChange{Role: raft.Candidate, Term: term} }

func leader(term uint64, id int) raft.RoleChange {
	return raft.RoleChange{Role: raft.Leader, Term: term, Leader: id}
}

func ids(of ...int) map[int]bool {
	set := map[int]bool{}
	for _, id := range of {
		set[id] = true
	}
	return set
}

func openElection(live ...int) *elections {
	e := &elections{}
	e.open(crash{ID: 1, Term: 4, CrashedAtUs: 1000}, ids(live...))
	return e
}

func TestElectionIsCompleteWhenAllLiveNodesHaveHeard(t *testing.T) {
	e := openElection(2, 3, 4)
	e.roleChanged(2, candidate(5), 1100)
	e.roleChanged(3, candidate(6), 1200)
	e.roleChanged(2, follower(6, 0), 1250)
	e.roleChanged(2, follower(6, 3), 1400) // may be reported before the leader's own role
	e.roleChanged(3, leader(6, 3), 1300)
	if got := e.after(0)[0]; got.Leader != nil || got.ElectionUs != nil || got.LiveCount != 3 {
		t.Fatalf("node 4 has not heard, and yet: %+v", got)
	}
	e.roleChanged(4, follower(6, 3), 1500)
	got := e.after(0)[0]
	if got.Leader == nil || *got.Leader != 3 || *got.Term != 6 || *got.Terms != 2 {
		t.Fatalf("got %+v", got)
	}
	if *got.ElectedAtUs != 1300 || *got.CompletedAtUs != 1500 || *got.ElectionUs != 500 {
		t.Errorf("got %d, %d, %d", *got.ElectedAtUs, *got.CompletedAtUs, *got.ElectionUs)
	}
}

func TestElectionDoesNotWaitForAFollowerThatCrashes(t *testing.T) {
	e := openElection(2, 3, 4)
	e.roleChanged(3, leader(5, 3), 1300)
	e.roleChanged(2, follower(5, 3), 1400)
	e.lost(4)
	if got := e.after(0)[0]; got.ElectionUs == nil || *got.ElectionUs != 400 {
		t.Errorf("got %+v", got)
	}
}

func TestElectionIsNotEndedByASuccessorThatCrashesOrAnIsolatedNode(t *testing.T) {
	e := openElection(2, 3, 4)
	e.roleChanged(3, leader(5, 3), 1300)
	e.roleChanged(2, follower(5, 3), 1400)
	e.lost(5) // is none of them
	e.lost(3)
	e.roleChanged(4, follower(5, 3), 1500)
	if got := e.after(0)[0]; got.Leader != nil {
		t.Errorf("got %+v", got)
	}
}

func TestElectionNeedsNodesThatFollowTheLeaderStill(t *testing.T) {
	e := openElection(2, 3, 4)
	e.roleChanged(3, leader(5, 3), 1300)
	e.roleChanged(2, follower(5, 3), 1400)
	e.roleChanged(2, candidate(6), 1500)
	e.roleChanged(4, follower(5, 3), 1600)
	if got := e.after(0)[0]; got.Leader != nil {
		t.Errorf("got %+v", got)
	}
}

func TestElectionsThatAreInterruptedStayIncomplete(t *testing.T) {
	e := openElection(2, 3)
	e.roleChanged(2, leader(5, 2), 1100)
	e.interrupt()
	e.roleChanged(3, follower(5, 2), 1200)
	e.open(crash{ID: 2, Term: 5, CrashedAtUs: 2000}, ids(1, 3))
	e.roleChanged(3, follower(5, 2), 2100) // of a term that is over
	listed := e.after(0)
	if len(listed) != 2 || listed[0].Leader != nil || listed[1].Leader != nil || listed[1].Number != 2 {
		t.Errorf("got %+v", listed)
	}
}

func TestElectionsAreListedAfterANumber(t *testing.T) {
	e := &elections{}
	for range keptElections + 5 {
		e.open(crash{}, ids(2, 3))
	}
	if got := e.after(0); len(got) != listedElections || got[0].Number != 6 {
		t.Errorf("got %d from %d on", len(got), got[0].Number)
	}
	if got := e.after(keptElections + 4); len(got) != 1 || got[0].Number != keptElections+5 {
		t.Errorf("got %+v", got)
	}
}
