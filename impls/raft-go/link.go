package main

import "sync/atomic"

// link is how a node is tied to the others. Each cut and each healing gives it a new state, so that a message can tell
// whether its way was whole all the time that it was under way.
type link struct{ state atomic.Uint32 } // odd: cut

// linkStates are those of both ends when a message was sent.
type linkStates struct{ from, to uint32 }

func (l *link) isCut() bool { return l.state.Load()%2 == 1 }

func (l *link) cut() {
	if !l.isCut() {
		l.state.Add(1)
	}
}

func (l *link) heal() {
	if l.isCut() {
		l.state.Add(1)
	}
}

// open gives the states of both ends if a message may set out.
func (l *link) open(to *link) (linkStates, bool) {
	states := linkStates{l.state.Load(), to.state.Load()}
	return states, states.from%2 == 0 && states.to%2 == 0
}

// whole returns whether neither end has changed since.
func (s linkStates) whole(from, to *link) bool {
	return from.state.Load() == s.from && to.state.Load() == s.to
}
