package main

import (
	"errors"

	"github.com/jackc/pgx/v5"

	"paceline/impls/_go/program"
)

var (
	unauthorized         = program.NewProblem(401, "unauthorized", "Unauthorized", "a live session's bearer token is needed")
	wrongCredentials     = program.NewProblem(401, "unauthorized", "Unauthorized", "the name or the password is wrong")
	unsupportedMediaType = program.NewProblem(415, "unsupported-media-type", "Unsupported media type", "this Content-Type is missing, malformed or not taken here")
	malformedRequest     = program.NewProblem(400, "malformed-request", "Malformed request", "the request target may have printable ASCII only and no fragment")
	brokenBody           = program.NewProblem(400, "malformed-request", "Malformed request", "the body ended or broke before its end")
	preconditionRequired = program.NewProblem(428, "precondition-required", "Precondition required", "If-Match is needed to replace a file")
	preconditionFailed   = program.NewProblem(412, "precondition-failed", "Precondition failed", "the file has another version by now")
	nameTaken            = program.NewProblem(409, "name-taken", "Name taken", "another user has this name")
	databaseAway         = program.NewProblem(503, "unavailable", "Unavailable", "the database cannot be reached")
	noMoreStreams        = program.NewProblem(503, "unavailable", "Unavailable", "as many event streams are open as may be")
)

// problemOf decides what a client may know of an error: a problem as it is, a missing row as 404, the rest as 503 or 500.
func problemOf(err error) *program.Problem {
	var found *program.Problem
	switch {
	case errors.As(err, &found):
		return found
	case errors.Is(err, program.ErrBrokenBody):
		return brokenBody
	case errors.Is(err, pgx.ErrNoRows):
		return program.NotFound
	case databaseLost(err):
		return databaseAway
	default:
		return program.InternalError
	}
}
