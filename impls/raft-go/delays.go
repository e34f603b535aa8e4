package main

import (
	"slices"
	"sync"
)

// delayWindow is how many of the last one-way delays are kept, of all nodes together.
const delayWindow = 4096

// delays are the last one-way delays of the messages that reached a node.
type delays struct {
	mu     sync.Mutex
	ring   []int64
	next   int
	window int
}

func newDelays(clusterSize int) *delays { return &delays{window: max(1, delayWindow/clusterSize)} }

func (d *delays) add(delayUs int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.ring) < d.window {
		d.ring = append(d.ring, delayUs)
		return
	}
	d.ring[d.next] = delayUs
	d.next = (d.next + 1) % d.window
}

func (d *delays) appendTo(all []int64) []int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append(all, d.ring...)
}

// delaySummary describes them; the quantiles are samples, the nearest rank above.
type delaySummary struct {
	Count int   `json:"count"`
	Min   int64 `json:"min"`
	P50   int64 `json:"p50"`
	P99   int64 `json:"p99"`
	Max   int64 `json:"max"`
}

// summarise gives nil for no delays.
func summarise(delaysUs []int64) *delaySummary {
	count := len(delaysUs)
	if count == 0 {
		return nil
	}
	slices.Sort(delaysUs)
	rank := func(percent int) int64 { return delaysUs[(count*percent+99)/100-1] }
	return &delaySummary{count, delaysUs[0], rank(50), rank(99), delaysUs[count-1]}
}
