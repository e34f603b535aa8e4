package program

import (
	"encoding/json"
	"net/http"
)

// Problem is a problem document (RFC 9457), and the error that a handler returns to answer with it.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// The problems that every service has.
var (
	NotFound         = NewProblem(404, "not-found", "Not found", "there is no such thing here")
	MethodNotAllowed = NewProblem(405, "method-not-allowed", "Method not allowed", "the Allow header lists the methods of this path")
	ContentTooLarge  = NewProblem(413, "content-too-large", "Content too large", "the body is larger than this route takes")
	MalformedJSON    = NewProblem(400, "malformed-json", "Malformed body", "the body is not one JSON value in UTF-8")
	InternalError    = NewProblem(500, "internal", "Internal error", "something went wrong in the service")
)

// NewProblem makes a problem of the type urn:paceline:problem:name.
func NewProblem(status int, name, title, detail string) *Problem {
	return &Problem{Type: "urn:paceline:problem:" + name, Title: title, Status: status, Detail: detail}
}

// Invalid is for a request that is well-formed but not valid.
func Invalid(detail string) *Problem {
	return NewProblem(422, "invalid", "Invalid request", detail)
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

func (p *Problem) write(w http.ResponseWriter) {
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
	WriteBody(w, p.Status, "application/problem+json", text)
}
