package main

import "testing"

func TestAFullMailboxLosesMessagesAndRefusesRequests(t *testing.T) {
	box := newMailbox()
	ask := func() bool { return box.ask(func(m *mail) { m.reads = append(m.reads, newRequest("k", "")) }) }
	for range mostWaiting {
		box.deliver(delivery{})
		if !ask() {
			t.Fatal("refused before it was full")
		}
	}
	box.deliver(delivery{sentUs: 1})
	if ask() {
		t.Error("a request too many was taken")
	}
	if !box.put(func(m *mail) { m.persistedSeq = 7 }) {
		t.Error("what the disk says was refused")
	}
	var got mail
	box.take(&got)
	if len(got.deliveries) != mostWaiting || got.deliveries[mostWaiting-1].sentUs != 0 || got.persistedSeq != 7 {
		t.Errorf("got %d deliveries, persisted %d", len(got.deliveries), got.persistedSeq)
	}
	if !ask() {
		t.Error("refused when there was room again")
	}
}
