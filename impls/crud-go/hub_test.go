package main

import "testing"

func rung(b bell) bool {
	select {
	case <-b:
		return true
	default:
		return false
	}
}

func TestHubWakesTheStreamsOfOneUser(t *testing.T) {
	h := newHub(3)
	first, _, _ := h.enter(testID(1))
	second, _, _ := h.enter(testID(1))
	other, _, _ := h.enter(testID(2))
	h.wakeUser(testID(1))
	h.wakeUser(testID(1)) // a bell rings once until it is heard
	if !rung(first) || !rung(second) || rung(first) || rung(other) {
		t.Error("the wrong streams were woken")
	}
	h.wakeAll()
	if !rung(first) || !rung(other) {
		t.Error("not all streams were woken")
	}
}

func TestHubLetsInNoMoreThanItsLimit(t *testing.T) {
	h := newHub(1)
	_, leave, ok := h.enter(testID(1))
	if !ok {
		t.Fatal("the first stream was refused")
	}
	if _, _, ok := h.enter(testID(2)); ok {
		t.Error("a stream beyond the limit was let in")
	}
	leave()
	if _, _, ok := h.enter(testID(2)); !ok || len(h.byUser) != 1 {
		t.Errorf("after one left: let in %t, %d users known", ok, len(h.byUser))
	}
}

func TestClosedHubEndsItsStreamsAndLetsNoneIn(t *testing.T) {
	h := newHub(2)
	h.close()
	h.close()
	<-h.closing
	if _, _, ok := h.enter(testID(1)); ok {
		t.Error("a stream was let in")
	}
}
