package program

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// Handler answers a request, or returns why it does not.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Responder answers with a problem where a handler returns an error or panics.
type Responder struct {
	Log *slog.Logger
	// ProblemOf decides what a client may know of an error.
	ProblemOf func(r *http.Request, err error) *Problem
}

// Handle makes an http.Handler of a handler.
func (re *Responder) Handle(next Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer re.recoverPanic(w)
		if err := next(w, r); err != nil {
			re.reject(w, r, err)
		}
	})
}

func (re *Responder) reject(w http.ResponseWriter, r *http.Request, err error) {
	reason := re.ProblemOf(r, err)
	if reason == InternalError {
		re.Log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	drain(w, r)
	reason.write(w)
}

func (re *Responder) recoverPanic(w http.ResponseWriter) {
	if reason := recover(); reason != nil {
		re.Log.Error("handler panicked", "reason", reason, "stack", string(debug.Stack()))
		InternalError.write(w)
	}
}

// LogRequests logs every request that next has answered, at level info.
func LogRequests(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if log.Enabled(r.Context(), slog.LevelInfo) {
			recorder := &statusRecorder{ResponseWriter: w}
			defer logRequest(log, recorder, r, time.Now())
			w = recorder
		}
		next.ServeHTTP(w, r)
	})
}

func logRequest(log *slog.Logger, w *statusRecorder, r *http.Request, start time.Time) {
	log.Info("request", "method", r.Method, "path", r.URL.Path, "status", w.status,
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
