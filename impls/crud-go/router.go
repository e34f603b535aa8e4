package main

import (
	"log/slog"
	"maps"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// methods are the handlers of one path.
type methods map[string]handler

// router finds the handler and answers what it refuses. ServeMux's own methods are not used: they let HEAD in with GET and
// name it in Allow.
type router struct {
	log *slog.Logger
	mux *http.ServeMux
}

func newRouter(log *slog.Logger, paths map[string]methods) *router {
	rt := &router{log: log, mux: http.NewServeMux()}
	for pattern, handlers := range paths {
		rt.mux.Handle(pattern, rt.answer(handlers.choose()))
	}
	rt.mux.Handle("/", rt.answer(refuse(notFound)))
	return rt
}

func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rt.log.Enabled(r.Context(), slog.LevelInfo) {
		recorder := &statusRecorder{ResponseWriter: w}
		defer rt.logRequest(recorder, r, time.Now())
		w = recorder
	}
	switch {
	case strings.ContainsFunc(r.RequestURI, notTargetChar):
		rt.answer(refuse(malformedRequest)).ServeHTTP(w, r)
	case isExact(sentPath(r)):
		rt.mux.ServeHTTP(w, r)
	default:
		rt.answer(refuse(notFound)).ServeHTTP(w, r)
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

// notTargetChar tells what no request target has (RFC 9112, 3.2); net/url takes it all the same.
func notTargetChar(char rune) bool { return char <= ' ' || char >= 0x7F || char == '#' }

// isExact refuses what ServeMux would redirect to another path, or unescape: no path of the contract needs an escape.
func isExact(escaped string) bool {
	return strings.HasPrefix(escaped, "/") && path.Clean(escaped) == escaped && !strings.Contains(escaped, "%")
}

func refuse(reason *problem) handler {
	return func(http.ResponseWriter, *http.Request) error { return reason }
}

func (m methods) choose() handler {
	allow := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	return func(w http.ResponseWriter, r *http.Request) error {
		chosen, allowed := m[r.Method]
		if !allowed {
			w.Header().Set("Allow", allow)
			return methodNotAllowed
		}
		return chosen(w, r)
	}
}

func (rt *router) answer(next handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer rt.recoverPanic(w)
		if err := next(w, r); err != nil {
			rt.refuse(w, r, err)
		}
	}
}

func (rt *router) refuse(w http.ResponseWriter, r *http.Request, err error) {
	reason := problemOf(err)
	switch reason {
	case internalError:
		rt.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	case databaseAway:
		rt.log.Debug("request put off", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	drain(w, r)
	reason.write(w)
}

func (rt *router) recoverPanic(w http.ResponseWriter) {
	if reason := recover(); reason != nil {
		rt.log.Error("handler panicked", "reason", reason, "stack", string(debug.Stack()))
		internalError.write(w)
	}
}

func (rt *router) logRequest(w *statusRecorder, r *http.Request, start time.Time) {
	rt.log.Info("request", "method", r.Method, "path", r.URL.Path, "status", w.status,
		"durationMs", float64(time.Since(start).Microseconds())/1000)
}

// statusRecorder remembers the status for the log.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find Flush and the deadlines.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
