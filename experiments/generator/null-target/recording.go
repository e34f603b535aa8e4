package main

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// recording is what one load looked like from here. Times are nanoseconds since it began; 0 means not yet.
type recording struct {
	behaviour mode
	beganAt   time.Time
	firstNs   atomic.Int64
	count     atomic.Int64
	arrivedNs []atomic.Int64
	tookNs    []atomic.Int64
}

func newRecording(behaviour mode, capacity int) *recording {
	return &recording{
		behaviour: behaviour,
		beganAt:   time.Now(),
		arrivedNs: make([]atomic.Int64, capacity),
		tookNs:    make([]atomic.Int64, capacity),
	}
}

func (r *recording) arrive(at time.Time) (index int64) {
	sinceNs := max(1, int64(at.Sub(r.beganAt)))
	r.firstNs.CompareAndSwap(0, sinceNs)
	index = r.count.Add(1) - 1
	if index < int64(len(r.arrivedNs)) {
		r.arrivedNs[index].Store(sinceNs)
	}
	return index
}

func (r *recording) sinceFirst(at time.Time) time.Duration {
	return max(0, at.Sub(r.beganAt)-time.Duration(r.firstNs.Load()))
}

func (r *recording) answered(index int64, took time.Duration) {
	if index < int64(len(r.tookNs)) {
		r.tookNs[index].Store(max(1, int64(took)))
	}
}

// reportOptions: skipNs leaves the beginning out of the figures of evenness; rate and due tell what was asked for.
type reportOptions struct {
	skipNs     int64
	ratePerSec float64
	dueCount   int64
}

type percentiles struct {
	P50Ms float64 `json:"p50Ms"`
	P90Ms float64 `json:"p90Ms"`
	P99Ms float64 `json:"p99Ms"`
	MaxMs float64 `json:"maxMs"`
}

type buckets struct {
	WidthMs             float64 `json:"widthMs"`
	EvenCount           float64 `json:"evenCount"`
	MaxCount            int     `json:"maxCount"`
	OverTwiceEvenRatio  float64 `json:"overTwiceEvenRatio"`
	OverTwiceEvenCount  int     `json:"overTwiceEvenCount"`
	LookedAtBucketCount int     `json:"lookedAtBucketCount"`
}

// report: null (a nil pointer) is what cannot be told.
type report struct {
	Mode               mode         `json:"mode"`
	Count              int64        `json:"count"`
	AnsweredCount      int64        `json:"answeredCount"`
	FirstArrivalUnixMs *float64     `json:"firstArrivalUnixMs"`
	SpanMs             *float64     `json:"spanMs"`
	ArrivalGapCv       *float64     `json:"arrivalGapCv"`
	Buckets            *buckets     `json:"buckets"`
	FromArrival        *percentiles `json:"fromArrival"`
	FromDue            *percentiles `json:"fromDue"`
}

const bucketNs = 10_000_000

func (r *recording) report(options reportOptions) report {
	arrived, took := r.snapshot()
	made := report{Mode: r.behaviour, Count: r.count.Load(), AnsweredCount: int64(len(took))}
	if len(arrived) > 0 {
		first := float64(r.beganAt.UnixNano()+arrived[0]) / 1e6
		span := float64(arrived[len(arrived)-1]-arrived[0]) / 1e6
		made.FirstArrivalUnixMs, made.SpanMs = &first, &span
		settled := arrived[firstFrom(arrived, arrived[0]+options.skipNs):]
		made.ArrivalGapCv = gapCv(settled)
		made.Buckets = bucketsOf(settled)
	}
	made.FromArrival = percentilesOf(took)
	if r.behaviour == modeFreeze && options.ratePerSec > 0 {
		made.FromDue = percentilesOf(r.waitsFromDue(options))
	}
	return made
}

// snapshot: the arrivals in order, and how long each answered request took.
func (r *recording) snapshot() (arrived, took []int64) {
	kept := min(int(r.count.Load()), len(r.arrivedNs))
	for index := range kept {
		if at := r.arrivedNs[index].Load(); at > 0 {
			arrived = append(arrived, at)
		}
		if ns := r.tookNs[index].Load(); ns > 0 {
			took = append(took, ns)
		}
	}
	slices.Sort(arrived)
	return arrived, took
}

func firstFrom(sorted []int64, at int64) int {
	index, _ := slices.BinarySearch(sorted, at)
	return index
}

// waitsFromDue: what requests due at even gaps from the first arrival on had to wait, had they all been sent: the rest of
// the freeze each was due in, and what an answer costs outside of one.
func (r *recording) waitsFromDue(options reportOptions) []int64 {
	costNs := r.costOutsideFreezeNs()
	waits := make([]int64, 0, options.dueCount)
	for index := range options.dueCount {
		sinceFirst := time.Duration(float64(index) * 1e9 / options.ratePerSec)
		waits = append(waits, int64(freezeLeft(sinceFirst))+costNs)
	}
	return waits
}

func (r *recording) costOutsideFreezeNs() int64 {
	var outside []int64
	for index := range min(int(r.count.Load()), len(r.tookNs)) {
		sinceFirst := time.Duration(r.arrivedNs[index].Load() - r.firstNs.Load())
		if took := r.tookNs[index].Load(); took > 0 && freezeLeft(sinceFirst) == 0 {
			outside = append(outside, took)
		}
	}
	if len(outside) == 0 {
		return 0
	}
	slices.Sort(outside)
	return outside[len(outside)/2]
}

// gapCv is the coefficient of variation of the gaps between arrivals: 0 is even, 1 is Poisson.
func gapCv(arrived []int64) *float64 {
	if len(arrived) < 3 {
		return nil
	}
	gapCount := float64(len(arrived) - 1)
	mean := float64(arrived[len(arrived)-1]-arrived[0]) / gapCount
	var squares float64
	for index := 1; index < len(arrived); index++ {
		off := float64(arrived[index]-arrived[index-1]) - mean
		squares += off * off
	}
	cv := math.Sqrt(squares/gapCount) / mean
	return &cv
}

// bucketsOf counts arrivals by whole 10 ms; the last, cut-off one is left out.
func bucketsOf(arrived []int64) *buckets {
	if len(arrived) < 3 {
		return nil
	}
	first, last := arrived[0], arrived[len(arrived)-1]
	counts := make([]int, (last-first)/bucketNs)
	if len(counts) == 0 {
		return nil
	}
	for _, at := range arrived {
		if index := int((at - first) / bucketNs); index < len(counts) {
			counts[index]++
		}
	}
	even := float64(len(arrived)-1) * bucketNs / float64(last-first)
	over := 0
	for _, count := range counts {
		if float64(count) > 2*even {
			over++
		}
	}
	return &buckets{
		WidthMs:             bucketNs / 1e6,
		EvenCount:           even,
		MaxCount:            slices.Max(counts),
		OverTwiceEvenRatio:  float64(over) / float64(len(counts)),
		OverTwiceEvenCount:  over,
		LookedAtBucketCount: len(counts),
	}
}

// percentilesOf by nearest rank.
func percentilesOf(ns []int64) *percentiles {
	if len(ns) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(ns))
	rank := func(percentile float64) float64 {
		index := int(math.Ceil(percentile/100*float64(len(sorted)))) - 1
		return float64(sorted[max(0, index)]) / 1e6
	}
	return &percentiles{P50Ms: rank(50), P90Ms: rank(90), P99Ms: rank(99), MaxMs: rank(100)}
}
