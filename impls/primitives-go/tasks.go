package primitives

import (
	"sync"
	"sync/atomic"
)

// waitingTasks are goroutines that have started and wait for one signal.
type waitingTasks struct {
	signal  chan struct{}
	running sync.WaitGroup
	counted atomic.Int64
}

func startTasks(count int) *waitingTasks {
	tasks := &waitingTasks{signal: make(chan struct{})}
	var started sync.WaitGroup
	started.Add(count)
	task := func() {
		started.Done()
		<-tasks.signal
		tasks.counted.Add(1)
	}
	for range count {
		tasks.running.Go(task)
	}
	started.Wait()
	return tasks
}

// release gives the signal and returns how many goroutines have got it.
func (t *waitingTasks) release() int {
	close(t.signal)
	t.running.Wait()
	return int(t.counted.Load())
}
