package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// idleWait keeps unused connections for more than the 75 s that the contract asks for.
	idleWait = 90 * time.Second
	// writeWait bounds how long the answer to a request may take; event streams set their own limits.
	writeWait = 60 * time.Second
	// stopWait leaves the contract's 10 s some air.
	stopWait = 8 * time.Second
)

// serve runs the service until the context ends, then lets it finish what it has begun.
func serve(ctx context.Context, config config, log *slog.Logger) error {
	db, err := openDatabase(config)
	if err != nil {
		return err
	}
	socket, err := net.Listen("tcp", config.address)
	if err != nil {
		return err
	}
	s := &service{
		config: config, log: log, db: db,
		cache: newCache(config.cacheBytes), hasher: newHasher(config.workers), hub: newHub(config.maxEventStreams),
	}
	server := newServer(s.routes(), log)
	var background sync.WaitGroup
	queue := newBell()
	background.Go(func() { (&aggregator{db: db, log: log, queue: queue}).run(ctx) })
	background.Go(func() { (&listener{db: db, log: log, queue: queue, hub: s.hub}).run(ctx) })

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(socket) }()
	log.Info("serving", "address", config.address, "workers", config.workers)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop(server, s, &background)
	return nil
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler,
		// A connection opened ahead of its first request is idle too, but net/http counts its wait as that for a header.
		ReadHeaderTimeout: idleWait,
		IdleTimeout:       idleWait,
		WriteTimeout:      writeWait,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),

		DisableGeneralOptionsHandler: true, // OPTIONS is a wrong method like others
	}
}

// stop gives up on what has not ended after stopWait.
func stop(server *http.Server, s *service, background *sync.WaitGroup) {
	s.log.Info("stopping")
	deadline, cancel := context.WithTimeout(context.Background(), stopWait)
	defer cancel()
	s.hub.close()
	if err := server.Shutdown(deadline); errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests cut off")
		_ = server.Close()
	}
	ended := make(chan struct{})
	go func() {
		background.Wait()
		s.db.pool.Close()
		close(ended)
	}()
	select {
	case <-ended:
	case <-deadline.Done():
	}
}
