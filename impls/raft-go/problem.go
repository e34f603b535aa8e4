package main

import (
	"encoding/json"
	"errors"
	"net/http"
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
	notFound         = refusal(404, "not-found", "Not found", "there is no such thing here")
	methodNotAllowed = refusal(405, "method-not-allowed", "Method not allowed", "the Allow header lists the methods of this path")
	contentTooLarge  = refusal(413, "content-too-large", "Content too large", "the body is larger than this route takes")
	malformedJSON    = refusal(400, "malformed-json", "Malformed body", "the body is not one JSON value in UTF-8")
	brokenBody       = refusal(400, "malformed-json", "Malformed body", "the body ended or broke before its end")
	noLeader         = refusal(503, "no-leader", "No leader", "no node leads; nothing was done")
	leadsNoLonger    = refusal(503, "no-leader", "No leader", "the leader of a moment ago leads no longer; no node was crashed")
	outcomeUnknown   = refusal(504, "outcome-unknown", "Outcome unknown", "it may have happened, or may yet")
	laggardsTooSlow  = refusal(504, "outcome-unknown", "Outcome unknown", "the other followers did not get the entry in time; no node was crashed")
	internalError    = refusal(500, "internal", "Internal error", "something went wrong in the service")
)

func invalid(detail string) *problem {
	return refusal(422, "invalid", "Invalid request", detail)
}

func conflict(detail string) *problem {
	return refusal(409, "conflict", "Conflict", detail)
}

// problemOf decides what a client may know of an error.
func problemOf(err error) *problem {
	var refused *problem
	if errors.As(err, &refused) {
		return refused
	}
	return internalError
}

func (p *problem) write(w http.ResponseWriter) {
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // four plain fields always encode
	}
	writeBody(w, p.Status, "application/problem+json", text)
}
