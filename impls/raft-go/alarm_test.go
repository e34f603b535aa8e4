package main

import (
	"testing"
	"time"
)

func newTestAlarm(t *testing.T) (*alarm, clock) {
	a, err := newAlarm()
	if err != nil {
		t.Fatal(err)
	}
	c := newClock()
	ended := make(chan struct{})
	go func() {
		a.run(c)
		close(ended)
	}()
	t.Cleanup(func() {
		a.close()
		<-ended
	})
	return a, c
}

func waitFor(t *testing.T, b bell) {
	t.Helper()
	select {
	case <-b:
	case <-time.After(10 * time.Second):
		t.Fatal("the bell was not rung")
	}
}

func TestBellsRingInTheOrderOfTheirTimesAndNeverBefore(t *testing.T) {
	a, c := newTestAlarm(t)
	start := c.nowUs()
	appointments := make([]*appointment, 50)
	for i := range appointments {
		appointments[i] = newAppointment(newBell())
		a.set(appointments[i], start+int64(50-i)*300)
	}
	for i := len(appointments) - 1; i >= 0; i-- {
		waitFor(t, appointments[i].bell)
		if now := c.nowUs(); now < appointments[i].atUs {
			t.Errorf("rung %d µs early", appointments[i].atUs-now)
		}
	}
}

func TestAppointmentsCanBeMovedAndCancelled(t *testing.T) {
	a, c := newTestAlarm(t)
	far := c.nowUs() + time.Hour.Microseconds()
	moved, cancelled, past := newAppointment(newBell()), newAppointment(newBell()), newAppointment(newBell())
	a.set(moved, far)
	a.set(cancelled, c.nowUs()+1000)
	a.cancel(cancelled)
	a.cancel(cancelled)
	a.set(moved, c.nowUs()+2000)
	waitFor(t, moved.bell)
	a.set(past, 0)
	waitFor(t, past.bell)
	select {
	case <-cancelled.bell:
		t.Error("a cancelled appointment rang")
	default:
	}
}

func TestClockIsThatOfTheMachine(t *testing.T) {
	first, second := newClock(), newClock()
	before := first.nowUs()
	between := second.nowUs()
	after := first.nowUs()
	const apartUs = 1000 // the readings of one clock may be paired badly, but not by a millisecond
	if between < before-apartUs || between > after+apartUs {
		t.Errorf("got %d between %d and %d", between, before, after)
	}
}
