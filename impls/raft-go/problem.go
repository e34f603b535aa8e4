package main

import (
	"errors"
	"net/http"

	"paceline/impls/_go/program"
)

var (
	brokenBody      = program.NewProblem(400, "malformed-json", "Malformed body", "the body ended or broke before its end")
	noLeader        = program.NewProblem(503, "no-leader", "No leader", "no node leads; nothing was done")
	leadsNoLonger   = program.NewProblem(503, "no-leader", "No leader", "the leader of a moment ago leads no longer; no node was crashed")
	outcomeUnknown  = program.NewProblem(504, "outcome-unknown", "Outcome unknown", "it may have happened, or may yet")
	laggardsTooSlow = program.NewProblem(504, "outcome-unknown", "Outcome unknown", "the other followers did not get the entry in time; no node was crashed")
)

func conflict(detail string) *program.Problem {
	return program.NewProblem(409, "conflict", "Conflict", detail)
}

// problemOf decides what a client may know of an error.
func problemOf(_ *http.Request, err error) *program.Problem {
	var found *program.Problem
	switch {
	case errors.As(err, &found):
		return found
	case errors.Is(err, program.ErrBrokenBody):
		return brokenBody
	default:
		return program.InternalError
	}
}
