package main

import (
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// handler answers a request to a path with this parameter, or returns why it does not.
type handler func(w http.ResponseWriter, r *http.Request, parameter string) error

// methods are the handlers of one path.
type methods map[string]handler

// router finds the handler and answers what it refuses. Paths have at most one parameter, written *. ServeMux is not used: it
// would clean the path of the key "..".
type router struct {
	log   *slog.Logger
	paths map[string]methods
}

func (rt *router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if rt.log.Enabled(r.Context(), slog.LevelInfo) {
		recorder := &statusRecorder{ResponseWriter: w}
		defer rt.logRequest(recorder, r, time.Now())
		w = recorder
	}
	defer rt.recoverPanic(w)
	if err := rt.answer(w, r); err != nil {
		rt.refuse(w, r, err)
	}
}

func (rt *router) answer(w http.ResponseWriter, r *http.Request) error {
	found, parameter := rt.find(r.URL.EscapedPath())
	if found == nil {
		return notFound
	}
	chosen, allowed := found[r.Method]
	if !allowed {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(found)), ", "))
		return methodNotAllowed
	}
	return chosen(w, r, parameter)
}

// find matches the path exactly and undecoded. No segment may be empty.
func (rt *router) find(path string) (found methods, parameter string) {
	if found, exact := rt.paths[path]; exact {
		return found, ""
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments[1:] {
		segments[i+1] = "*"
		if found, matches := rt.paths[strings.Join(segments, "/")]; matches && segment != "" {
			return found, segment
		}
		segments[i+1] = segment
	}
	return nil, ""
}

func (rt *router) refuse(w http.ResponseWriter, r *http.Request, err error) {
	reason := problemOf(err)
	if reason == internalError {
		rt.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
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

// Unwrap lets http.ResponseController find the deadlines.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
