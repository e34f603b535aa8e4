package primitives

import (
	"fmt"
	"testing"
)

// BenchmarkEmptyLoop is what the loops around the operations cost. (The compiler leaves an empty range loop in.)
func BenchmarkEmptyLoop(b *testing.B) {
	sampled(b, "loop", func(b *testing.B) {
		s := begin(b, nil)
		for b.Loop() {
		}
		s.end(b.N)
	})
	sampled(b, "range", func(b *testing.B) {
		s := begin(b, nil)
		for range b.N {
		}
		s.end(b.N)
	})
}

// runningSize is the case's; 0 in a plain `go test -bench`, which runs the declared sizes.
var runningSize int

func eachSize(b *testing.B, name string, declared []int, benchmark func(b *testing.B, size int)) {
	if runningSize > 0 {
		declared = []int{runningSize}
	}
	for _, size := range declared {
		sampled(b, fmt.Sprintf("%s=%d", name, size), func(b *testing.B) { benchmark(b, size) })
	}
}

// shareOf divides as evenly as whole numbers allow: all shares together are total.
func shareOf(total, unitCount, unit int) int {
	share := total / unitCount
	if unit < total%unitCount {
		share++
	}
	return share
}

func TestSharesAreEvenAndLoseNothing(t *testing.T) {
	for _, total := range []int{0, 1, 7, 8, 9, 1_000_003} {
		sum := 0
		for unit := range 8 {
			share := shareOf(total, 8, unit)
			if share != total/8 && share != total/8+1 {
				t.Errorf("unit %d of 8 does %d of %d", unit, share, total)
			}
			sum += share
		}
		if sum != total {
			t.Errorf("the shares of %d add up to %d", total, sum)
		}
	}
}
