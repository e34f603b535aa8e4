package primitives

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// integersToSort are the case's; a plain `go test -bench` draws its own.
var integersToSort = drawIntegers(1_000_000)

func drawIntegers(count int) []int32 {
	random := rand.New(rand.NewPCG(1, 2))
	integers := make([]int32, count)
	for i := range integers {
		integers[i] = int32(random.Uint32())
	}
	return integers
}

func BenchmarkSort(b *testing.B) {
	b.Run("goroutines", func(b *testing.B) {
		eachSize(b, "parts", []int{1, 2, 4, 8}, sortIntegers)
	})
}

func sortIntegers(b *testing.B, partCount int) {
	sorted := make([]int32, len(integersToSort))
	sortedCount := 0
	s := begin(b, nil)
	for b.Loop() {
		s.pause()
		copy(sorted, integersToSort)
		s.resume()
		mergeSortParallel(sorted, partCount)
		s.pause()
		if slices.IsSorted(sorted) {
			sortedCount++
		}
		s.resume()
	}
	s.end(sortedCount)
	hash := hashIntegers(sorted)
	recording.checked.Hash = &hash
}

func TestSortsAnyNumberOfIntegersInAnyNumberOfParts(t *testing.T) {
	for _, count := range []int{0, 1, 2, 3, 7, 1_000} {
		for _, partCount := range []int{1, 2, 4, 8} {
			integers := drawIntegers(count)
			integers = append(integers, integers...) // equal ones too
			want := slices.Sorted(slices.Values(integers))
			mergeSortParallel(integers, partCount)
			if !slices.Equal(integers, want) {
				t.Errorf("%d integers in %d parts are not sorted", len(integers), partCount)
			}
		}
	}
}
