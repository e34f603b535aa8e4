package program

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	// idleWait keeps unused connections for longer than the 75 s that the contracts ask for.
	idleWait = 90 * time.Second
	// stopWait is a little less than the 10 s that the contracts allow.
	stopWait = 8 * time.Second
)

// NewLogger writes lines of this level and above to standard error.
func NewLogger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// UntilSignal ends with the first SIGTERM or SIGINT. A second one has its default effect: it ends the program at once.
func UntilSignal() context.Context {
	stopped, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(stopped, release)
	return stopped
}

// NewServer has the timeouts of connections that the contracts ask for.
func NewServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler,
		// A connection opened ahead of its first request is idle too, but net/http counts its wait as that for a header.
		ReadHeaderTimeout: idleWait,
		IdleTimeout:       idleWait,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),

		DisableGeneralOptionsHandler: true, // OPTIONS is a wrong method like others
	}
}

// Run serves until the context ends, and then calls stop with the context that bounds how long stopping may take.
func Run(ctx context.Context, server *http.Server, socket net.Listener, log *slog.Logger, stop func(context.Context)) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(socket) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	deadline, cancel := context.WithTimeout(context.Background(), stopWait)
	defer cancel()
	stop(deadline)
	return nil
}

// Shutdown waits for the requests in flight, and closes the connections of those that have not ended by the deadline.
func Shutdown(deadline context.Context, server *http.Server, log *slog.Logger) {
	if err := server.Shutdown(deadline); errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests cut off")
		_ = server.Close()
	}
}
