package main

import (
	"sync"

	"github.com/jackc/pgx/v5/pgtype"
)

// hub knows the open event streams and wakes them. A stream is its bell; what there is to send, it asks the database.
type hub struct {
	mutex   sync.Mutex
	limit   int
	count   int
	closed  bool
	closing chan struct{} // closed when all streams have to end
	byUser  map[pgtype.UUID]map[bell]struct{}
}

func newHub(limit int) *hub {
	return &hub{limit: limit, closing: make(chan struct{}), byUser: map[pgtype.UUID]map[bell]struct{}{}}
}

// enter counts one more stream of the user in, until leave.
func (h *hub) enter(userID pgtype.UUID) (wake bell, leave func(), ok bool) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed || h.count == h.limit {
		return nil, nil, false
	}
	wake = newBell()
	if h.byUser[userID] == nil {
		h.byUser[userID] = map[bell]struct{}{}
	}
	h.byUser[userID][wake] = struct{}{}
	h.count++
	return wake, func() { h.leave(userID, wake) }, true
}

func (h *hub) leave(userID pgtype.UUID, wake bell) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.count--
	delete(h.byUser[userID], wake)
	if len(h.byUser[userID]) == 0 {
		delete(h.byUser, userID)
	}
}

func (h *hub) wakeUser(userID pgtype.UUID) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for wake := range h.byUser[userID] {
		wake.ring()
	}
}

func (h *hub) wakeAll() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, streams := range h.byUser {
		for wake := range streams {
			wake.ring()
		}
	}
}

// close ends all streams and lets no more in.
func (h *hub) close() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
}
