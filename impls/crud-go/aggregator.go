package main

import (
	"context"
	"log/slog"
	"time"
)

const (
	queueLookEvery = 15 * time.Second
	queueRetryWait = time.Second
)

// aggregator works on the queue, one job at a time.
type aggregator struct {
	db    *database
	log   *slog.Logger
	queue bell
}

// bell wakes one goroutine; rung while that is busy, it wakes it once more.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// run ends when the context does, after the job in hand.
func (a *aggregator) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.queue:
		case <-timer.C:
		}
		timer.Reset(a.emptyQueue(ctx))
	}
}

// emptyQueue returns how long to wait before the next look without a notification.
func (a *aggregator) emptyQueue(ctx context.Context) time.Duration {
	for ctx.Err() == nil {
		found, err := a.db.finishNextJob(context.WithoutCancel(ctx))
		if err != nil {
			a.log.Info("aggregation put off", "error", err)
			return queueRetryWait
		}
		if !found {
			break
		}
	}
	return queueLookEvery
}
