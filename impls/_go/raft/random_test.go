package raft

import "testing"

func TestTheGeneratorIsThatOfTheContract(t *testing.T) {
	var r Random
	for _, want := range []uint32{1684164658, 3653269916, 2939563536, 2141751570} {
		if got := r.Next(); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	if r != 2027808484 {
		t.Errorf("the state is %d", r)
	}
	for state, want := range map[Random]uint32{1: 1580013426, 4294967295: 3950124170} {
		if got := state.Next(); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
}

func TestSeedsOfIncarnationsAreThoseOfTheContract(t *testing.T) {
	for _, c := range []struct {
		id, incarnation int
		want            Random
	}{{1, 1, 2607744966}, {2, 1, 1089939067}, {1, 2, 1669406506}} {
		if got := SeedOf(1, c.id, c.incarnation); got != c.want {
			t.Errorf("node %d, incarnation %d: got %d, want %d", c.id, c.incarnation, got, c.want)
		}
	}
}
