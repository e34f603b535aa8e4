package main

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/jackc/pgx/v5"
)

// problem is a refusal as RFC 9457 writes it, and the error that handlers return to refuse.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

func refusal(status int, name, title, detail string) *problem {
	return &problem{Type: "urn:paceline:problem:" + name, Title: title, Status: status, Detail: detail}
}

var (
	notFound             = refusal(404, "not-found", "Not found", "there is no such thing here")
	methodNotAllowed     = refusal(405, "method-not-allowed", "Method not allowed", "the Allow header lists the methods of this path")
	unauthorized         = refusal(401, "unauthorized", "Unauthorized", "a live session's bearer token is needed")
	wrongCredentials     = refusal(401, "unauthorized", "Unauthorized", "the name or the password is wrong")
	unsupportedMediaType = refusal(415, "unsupported-media-type", "Unsupported media type", "this Content-Type is missing, malformed or not taken here")
	contentTooLarge      = refusal(413, "content-too-large", "Content too large", "the body is larger than this route takes")
	malformedJSON        = refusal(400, "malformed-json", "Malformed body", "the body is not one JSON value in UTF-8")
	malformedRequest     = refusal(400, "malformed-request", "Malformed request", "the request target may have printable ASCII only and no fragment")
	brokenBody           = refusal(400, "malformed-request", "Malformed request", "the body ended or broke before its end")
	preconditionRequired = refusal(428, "precondition-required", "Precondition required", "If-Match is needed to replace a file")
	preconditionFailed   = refusal(412, "precondition-failed", "Precondition failed", "the file has another version by now")
	nameTaken            = refusal(409, "name-taken", "Name taken", "another user has this name")
	databaseAway         = refusal(503, "unavailable", "Unavailable", "the database cannot be reached")
	noMoreStreams        = refusal(503, "unavailable", "Unavailable", "as many event streams are open as may be")
	internalError        = refusal(500, "internal", "Internal error", "something went wrong in the service")
)

func invalid(detail string) *problem {
	return refusal(422, "invalid", "Invalid request", detail)
}

// problemOf decides what a client may know of an error: a refusal as it is, a missing row as 404, the rest as 503 or 500.
func problemOf(err error) *problem {
	var refused *problem
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.Is(err, pgx.ErrNoRows):
		return notFound
	case databaseLost(err):
		return databaseAway
	default:
		return internalError
	}
}

func (p *problem) write(w http.ResponseWriter) {
	header := w.Header()
	switch p.Status {
	case http.StatusUnauthorized:
		header.Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		header.Set("Retry-After", "1")
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // four plain fields always encode
	}
	writeBody(w, p.Status, "application/problem+json", text)
}
