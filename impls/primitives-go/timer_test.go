package primitives

import (
	"testing"
	"time"
)

const (
	electionTimeout = time.Second
	driftRound      = 5 * time.Millisecond
)

// BenchmarkTimer has a goroutine wait for the timer, as an election does: the runtime keeps a timer without a waiter
// out of its heap, and restarting that one would cost next to nothing.
func BenchmarkTimer(b *testing.B) {
	sampled(b, "reset", func(b *testing.B) {
		timer := time.NewTimer(electionTimeout)
		fired := make(chan struct{}, 2)
		go func() {
			for range 2 {
				<-timer.C
				fired <- struct{}{}
			}
		}()
		wasRunningCount := 0
		s := begin(b, nil)
		for b.Loop() {
			if timer.Reset(electionTimeout) {
				wasRunningCount++
			}
		}
		s.end(wasRunningCount)
		fireOnce(b, timer, fired)
	})
}

// fireOnce sees that the timer fires after its last start, and had not before.
func fireOnce(b *testing.B, timer *time.Timer, fired <-chan struct{}) {
	b.Helper()
	if len(fired) > 0 {
		b.Error("the timer fired while it was restarted")
	}
	timer.Reset(time.Millisecond)
	<-fired
	timer.Reset(time.Millisecond) // lets the goroutine end
	<-fired
}

// BenchmarkTimerDrift is meant for -benchtime=20x.
func BenchmarkTimerDrift(b *testing.B) {
	sampled(b, "reset", func(b *testing.B) {
		timer := time.NewTimer(electionTimeout)
		firedCount := 0
		s := begin(b, nil)
		for b.Loop() {
			timer.Reset(driftRound)
			<-timer.C
			firedCount++
		}
		s.end(firedCount)
		b.ReportMetric(float64((b.Elapsed()-time.Duration(b.N)*driftRound).Nanoseconds())/float64(b.N), "late-ns/op")
	})
}
