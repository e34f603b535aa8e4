package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"paceline/impls/_go/program"
)

func testRouter(level slog.Level) http.Handler {
	log := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: level}))
	return newRouter(log, map[string]methods{
		"/things": {
			"POST": func(w http.ResponseWriter, _ *http.Request) error { panic("oh") },
			"GET":  func(w http.ResponseWriter, _ *http.Request) error { return program.WriteJSON(w, 200, []int{}) },
		},
		"/things/{id}": {"GET": func(w http.ResponseWriter, r *http.Request) error {
			return program.WriteJSON(w, 200, r.PathValue("id"))
		}},
	})
}

func TestRouterMatchesPathsExactly(t *testing.T) {
	for target, want := range map[string]int{
		"/things": 200, "/things?x=%zz": 200, "/things/1": 200, "/": 404, "/thing": 404, "/things/": 404, "//things": 404, "/things//1": 404,
		"/things/1/": 404, "/x/../things": 404, "/./things": 404, "/Things": 404, "/%74hings": 404, "/things/1/2": 404,
		"/things/%31": 404, "/things/1%2F2": 404, "/things/1%zz?x": 404, "/things/a|b": 200, "/things/..": 404, "/things/.": 404,
		"/things#x": 400, "/things?x=1#y": 400, "/things/\u00e9": 400,
	} {
		for _, level := range []slog.Level{slog.LevelInfo, slog.LevelWarn} {
			answer := httptest.NewRecorder()
			testRouter(level).ServeHTTP(answer, requestFor(target))
			if answer.Code != want {
				t.Errorf("%s: got %d, want %d", target, answer.Code, want)
			}
		}
	}
}

// requestFor makes what the server makes of a request line; httptest.NewRequest panics at some of these.
func requestFor(target string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.RequestURI = target
	if parsed, err := url.ParseRequestURI(target); err == nil {
		r.URL = parsed
	}
	return r
}

func TestRouterNamesTheMethodsAllowed(t *testing.T) {
	for _, method := range []string{"HEAD", "OPTIONS", "PUT", "get"} {
		answer := httptest.NewRecorder()
		testRouter(slog.LevelWarn).ServeHTTP(answer, httptest.NewRequest(method, "/things", nil))
		if allow := answer.Header().Get("Allow"); answer.Code != 405 || allow != "GET, POST" {
			t.Errorf("%s: got %d, Allow: %s", method, answer.Code, allow)
		}
	}
}

func TestPanicIsAnInternalErrorWithoutDetails(t *testing.T) {
	answer := httptest.NewRecorder()
	testRouter(slog.LevelWarn).ServeHTTP(answer, httptest.NewRequest("POST", "/things", nil))
	var got program.Problem
	err := json.Unmarshal(answer.Body.Bytes(), &got)
	if err != nil || answer.Code != 500 || got != *program.InternalError || answer.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d, %+v, %v", answer.Code, got, err)
	}
}

func TestErrorsBecomeProblems(t *testing.T) {
	for _, c := range []struct {
		err  error
		want *program.Problem
	}{
		{errors.Join(errors.New("while reading"), preconditionFailed), preconditionFailed},
		{pgx.ErrNoRows, program.NotFound},
		{io.ErrUnexpectedEOF, databaseAway},
		{&pgconn.PgError{Code: "57P01"}, databaseAway},
		{&pgconn.PgError{Code: "57014"}, databaseAway},
		{&pgconn.PgError{Code: "53300"}, databaseAway},
		{&pgconn.PgError{Code: "23503"}, program.InternalError},
		{&pgconn.PgError{}, program.InternalError},
		{pgx.ScanArgError{Err: errors.New("no")}, program.InternalError},
	} {
		if got := problemOf(c.err); got != c.want {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
	}
}
