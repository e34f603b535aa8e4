package program

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// respond answers a POST of the body with the handler, and returns the answer and the log.
func respond(body string, next Handler) (*httptest.ResponseRecorder, string) {
	var lines bytes.Buffer
	log := slog.New(slog.NewTextHandler(&lines, nil))
	responder := &Responder{Log: log, ProblemOf: func(_ *http.Request, err error) *Problem {
		var found *Problem
		if errors.As(err, &found) {
			return found
		}
		return InternalError
	}}
	answer := httptest.NewRecorder()
	LogRequests(log, responder.Handle(next)).ServeHTTP(answer, httptest.NewRequest("POST", "/things", strings.NewReader(body)))
	return answer, lines.String()
}

func TestErrorsAndPanicsAreAnsweredWithProblems(t *testing.T) {
	unavailable := NewProblem(503, "unavailable", "Unavailable", "not now")
	for _, c := range []struct {
		next       Handler
		want       *Problem
		logged     string
		retryAfter string
	}{
		{func(http.ResponseWriter, *http.Request) error { return NotFound }, NotFound, "status=404", ""},
		{func(http.ResponseWriter, *http.Request) error { return unavailable }, unavailable, "status=503", "1"},
		{func(http.ResponseWriter, *http.Request) error { return io.EOF }, InternalError, "request failed", ""},
		{func(http.ResponseWriter, *http.Request) error { panic("oh") }, InternalError, "handler panicked", ""},
	} {
		answer, log := respond("unread", c.next)
		var got Problem
		err := json.Unmarshal(answer.Body.Bytes(), &got)
		if err != nil || answer.Code != c.want.Status || got != *c.want || answer.Header().Get("Retry-After") != c.retryAfter {
			t.Errorf("got %d, %+v, %v; want %+v", answer.Code, got, err, *c.want)
		}
		if !strings.Contains(log, c.logged) {
			t.Errorf("got the log %s; want %s", log, c.logged)
		}
	}
}

func TestBodiesAreReadUpToTheirLimit(t *testing.T) {
	for body, want := range map[string]int{"": 200, "1234": 200, "12345": 413} {
		answer, _ := respond(body, func(w http.ResponseWriter, r *http.Request) error {
			read, err := ReadBody(w, r, 4)
			if err != nil {
				return err
			}
			return WriteJSON(w, http.StatusOK, string(read))
		})
		if answer.Code != want || want == 200 && answer.Body.String() != `"`+body+`"` {
			t.Errorf("%q: got %d, %s", body, answer.Code, answer.Body)
		}
	}
}

func TestABodyThatEndsEarlyIsBroken(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("12"))
	r.ContentLength = 3
	if _, err := ReadBody(httptest.NewRecorder(), r, 4); err != ErrBrokenBody {
		t.Errorf("got %v", err)
	}
}
