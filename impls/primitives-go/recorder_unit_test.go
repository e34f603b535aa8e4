package primitives

import (
	"testing"
	"time"
)

func TestOfSeveralCallsForOneBenchmarkTheLastIsTheSample(t *testing.T) {
	var r recorder
	first, second := new(testing.B), new(testing.B)
	r.keep(first, sample{OperationCount: 1}, 1)
	r.keep(first, sample{OperationCount: 100}, 100)
	r.keep(second, sample{OperationCount: 1}, 1)
	samples := r.takeSamples()
	if len(samples) != 2 || samples[0].OperationCount != 100 || samples[1].OperationCount != 1 {
		t.Errorf("kept %+v", samples)
	}
	if r.checked.AskedCount != 102 || r.checked.DoneCount != 102 {
		t.Errorf("checked %+v: what only raised b.N was asked for too", r.checked)
	}
	if len(r.takeSamples()) != 0 {
		t.Error("samples were taken twice")
	}
}

func TestASpentBudgetEndsWithTheSampleThatIsBeingTaken(t *testing.T) {
	r := recorder{budgetEnds: time.Now().Add(-time.Second)}
	first, second := new(testing.B), new(testing.B)
	if r.isSpentFor(first) {
		t.Error("one sample is always taken")
	}
	r.keep(first, sample{}, 0)
	if r.isSpentFor(first) {
		t.Error("a sample that has begun is taken to its end")
	}
	if !r.isSpentFor(second) {
		t.Error("a second sample begins after the budget is spent")
	}
}

func TestLatenessIsWhatRoundsTookBeyondTheirLength(t *testing.T) {
	late := lateness([]sample{{OperationCount: 20, WallNs: 101_000_000, CPUNs: 7}})
	if late[0] != (sample{OperationCount: 20, WallNs: 1_000_000, CPUNs: 7}) {
		t.Errorf("late %+v", late)
	}
}
