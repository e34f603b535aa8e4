package main

import (
	"container/heap"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// bell wakes one goroutine; rung while that is busy, it wakes it once more.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// alarm rings bells at their times, by the microsecond.
//
// Note: time.Timer is not enough. An idle Go program sleeps in epoll_wait, which counts milliseconds: timers come up to 1 ms
// late, where election time-outs of 12 to 24 ms and network delays of some 100 µs are to be measured. A timerfd wakes the
// same epoll_wait on time; one of them serves all nodes.
type alarm struct {
	timer *os.File
	fd    int

	mu           sync.Mutex
	appointments appointments
	armedUs      int64 // what the timerfd is set to; 0: nothing
}

// appointment is a time at which to ring a bell.
type appointment struct {
	bell  bell
	atUs  int64
	place int // in the heap; -1: not set
}

func newAppointment(b bell) *appointment { return &appointment{bell: b, place: -1} }

func newAlarm() (*alarm, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("no timer: %w", err)
	}
	return &alarm{timer: os.NewFile(uintptr(fd), "timerfd"), fd: fd}, nil
}

// run rings until the alarm is closed.
func (a *alarm) run(c clock) {
	var expirations [8]byte
	for {
		if _, err := a.timer.Read(expirations[:]); err != nil {
			return
		}
		a.ringDue(c.nowUs())
	}
}

func (a *alarm) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fd = -1
	_ = a.timer.Close()
}

// set moves the appointment to a time; one that has passed rings at once.
func (a *alarm) set(p *appointment, atUs int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p.atUs = atUs
	if p.place < 0 {
		heap.Push(&a.appointments, p)
	} else {
		heap.Fix(&a.appointments, p.place)
	}
	a.arm()
}

func (a *alarm) cancel(p *appointment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p.place >= 0 {
		heap.Remove(&a.appointments, p.place)
	}
}

func (a *alarm) ringDue(nowUs int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.appointments) > 0 && a.appointments[0].atUs <= nowUs {
		due, _ := heap.Pop(&a.appointments).(*appointment)
		due.bell.ring()
	}
	a.armedUs = 0
	a.arm()
}

// arm sets the timerfd for the first appointment, unless it comes earlier already: deadlines mostly move away, and a wake-up
// for nothing once in a while costs less than a system call for each move.
func (a *alarm) arm() {
	if len(a.appointments) == 0 || a.fd < 0 {
		return
	}
	firstUs := max(a.appointments[0].atUs, 1)
	if a.armedUs != 0 && a.armedUs <= firstUs {
		return
	}
	a.armedUs = firstUs
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(firstUs * 1000)}
	if err := unix.TimerfdSettime(a.fd, unix.TFD_TIMER_ABSTIME, &at, nil); err != nil {
		panic(err) // only a wrong argument makes it fail
	}
}

// appointments is a heap with the earliest first.
type appointments []*appointment

func (h appointments) Len() int           { return len(h) }
func (h appointments) Less(i, j int) bool { return h[i].atUs < h[j].atUs }

func (h appointments) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *appointments) Push(item any) {
	p, _ := item.(*appointment)
	p.place = len(*h)
	*h = append(*h, p)
}

func (h *appointments) Pop() any {
	last := len(*h) - 1
	p := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	p.place = -1
	return p
}
