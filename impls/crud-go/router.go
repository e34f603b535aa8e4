package main

import (
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"paceline/impls/_go/program"
)

// methods are the handlers of one path.
type methods map[string]program.Handler

// router finds the handler of a request. ServeMux's own methods are not used: they let HEAD in with GET and
// name it in Allow.
type router struct {
	mux       *http.ServeMux
	notFound  http.Handler
	malformed http.Handler
}

func newRouter(log *slog.Logger, paths map[string]methods) http.Handler {
	responder := &program.Responder{Log: log, ProblemOf: loggedProblemOf(log)}
	rt := &router{
		mux:       http.NewServeMux(),
		notFound:  responder.Handle(reject(program.NotFound)),
		malformed: responder.Handle(reject(malformedRequest)),
	}
	for pattern, handlers := range paths {
		rt.mux.Handle(pattern, responder.Handle(handlers.choose()))
	}
	rt.mux.Handle("/", rt.notFound)
	return program.LogRequests(log, rt)
}

// loggedProblemOf logs why the database cannot be reached.
func loggedProblemOf(log *slog.Logger) func(*http.Request, error) *program.Problem {
	return func(r *http.Request, err error) *program.Problem {
		reason := problemOf(err)
		if reason == databaseAway {
			log.Debug("request put off", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		return reason
	}
}

func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.ContainsFunc(r.RequestURI, notTargetChar):
		rt.malformed.ServeHTTP(w, r)
	case isExact(sentPath(r)):
		rt.mux.ServeHTTP(w, r)
	default:
		rt.notFound.ServeHTTP(w, r)
	}
}

// sentPath is the path as the client wrote it: url.URL escapes some characters that were sent without.
func sentPath(r *http.Request) string {
	if !strings.HasPrefix(r.RequestURI, "/") {
		return r.URL.EscapedPath()
	}
	sent, _, _ := strings.Cut(r.RequestURI, "?")
	return sent
}

// notTargetChar is true for what no request target has (RFC 9112, 3.2). net/url accepts such characters.
func notTargetChar(char rune) bool { return char <= ' ' || char >= 0x7F || char == '#' }

// isExact rejects what ServeMux would redirect to another path, or unescape: no path of the contract needs an escape.
func isExact(escaped string) bool {
	return strings.HasPrefix(escaped, "/") && path.Clean(escaped) == escaped && !strings.Contains(escaped, "%")
}

func reject(reason *program.Problem) program.Handler {
	return func(http.ResponseWriter, *http.Request) error { return reason }
}

func (m methods) choose() program.Handler {
	allow := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	return func(w http.ResponseWriter, r *http.Request) error {
		chosen, allowed := m[r.Method]
		if !allowed {
			w.Header().Set("Allow", allow)
			return program.MethodNotAllowed
		}
		return chosen(w, r)
	}
}
