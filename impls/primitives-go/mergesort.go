package primitives

// mergeSort is the contract's: top down, one auxiliary slice, no cut-off to another sort.
func mergeSort(values []int32) {
	sortHalves(values, make([]int32, len(values)))
}

// mergeSortParallel sorts in so many parts, a power of two: the left half of a split in a new goroutine, the right half in this one.
func mergeSortParallel(values []int32, partCount int) {
	sortParts(values, make([]int32, len(values)), partCount)
}

func sortHalves(values, auxiliary []int32) {
	if len(values) < 2 {
		return
	}
	middle := len(values) / 2
	sortHalves(values[:middle], auxiliary[:middle])
	sortHalves(values[middle:], auxiliary[middle:])
	merge(values, auxiliary, middle)
}

func sortParts(values, auxiliary []int32, partCount int) {
	if partCount < 2 || len(values) < 2 {
		sortHalves(values, auxiliary)
		return
	}
	middle := len(values) / 2
	leftDone := make(chan struct{})
	go func() {
		defer close(leftDone)
		sortParts(values[:middle], auxiliary[:middle], partCount/2)
	}()
	sortParts(values[middle:], auxiliary[middle:], partCount/2)
	<-leftDone
	merge(values, auxiliary, middle)
}

// merge joins the sorted values[:middle] and values[middle:], taking from the left when equal.
func merge(values, auxiliary []int32, middle int) {
	copy(auxiliary, values)
	left, right := auxiliary[:middle], auxiliary[middle:]
	for i := range values {
		if len(right) == 0 || len(left) > 0 && left[0] <= right[0] {
			values[i], left = left[0], left[1:]
		} else {
			values[i], right = right[0], right[1:]
		}
	}
}
