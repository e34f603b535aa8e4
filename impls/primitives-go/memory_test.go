package primitives

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestEachHoldingIsMadeWholeAndCountedAfterwards(t *testing.T) {
	for variant, primitive := range map[string]string{
		"goroutine": "memory-tasks", "int": "memory-variables", "float": "memory-variables",
		"string": "memory-variables", "record": "memory-variables",
	} {
		for _, size := range []int{0, 100} {
			held := makeHolding(benchCase{primitive: primitive, variant: variant, size: size})
			if held.madeCount != size {
				t.Errorf("%s: made %d of %d", variant, held.madeCount, size)
			}
			if right := held.release(); right != size {
				t.Errorf("%s: %d of %d are right", variant, right, size)
			}
		}
	}
}

func TestAWrongVariableIsFound(t *testing.T) {
	records := makeVariables(100, recordAt)
	records[7].score++
	if right := countRight(records, recordAt); right != 99 {
		t.Errorf("%d are right", right)
	}
}

func TestMemoryIsHeldUntilALineComes(t *testing.T) {
	var output bytes.Buffer
	lines := make(chan struct{}, 1)
	lines <- struct{}{}
	if err := holdMemory(benchCase{primitive: "memory-tasks", variant: "goroutine", size: 10}, lines, &output); err != nil {
		t.Fatal(err)
	}
	if len(lines) > 0 {
		t.Error("it did not wait for the line")
	}
	var ready memoryReady
	var result memoryResult
	decoder := json.NewDecoder(&output)
	if err := decoder.Decode(&ready); err != nil || ready.Type != "ready" || ready.DoneCount != 10 {
		t.Errorf("ready %+v, %v", ready, err)
	}
	if err := decoder.Decode(&result); err != nil || result.Check.AskedCount != 10 || result.Check.DoneCount != 10 {
		t.Errorf("result %+v, %v", result, err)
	}
}
