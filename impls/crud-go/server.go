package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"paceline/impls/_go/program"
)

// writeWait bounds how long the answer to a request may take. Event streams set their own limits.
const writeWait = 60 * time.Second

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
	server := program.NewServer(s.routes(), log)
	server.WriteTimeout = writeWait
	var background sync.WaitGroup
	queue := newBell()
	background.Go(func() { (&aggregator{db: db, log: log, queue: queue}).run(ctx) })
	background.Go(func() { (&listener{db: db, log: log, queue: queue, hub: s.hub}).run(ctx) })

	log.Info("serving", "address", config.address, "workers", config.workers)
	return program.Run(ctx, server, socket, log, func(deadline context.Context) { stop(deadline, server, s, &background) })
}

// stop gives up on what has not ended by the deadline.
func stop(deadline context.Context, server *http.Server, s *service, background *sync.WaitGroup) {
	s.hub.close()
	program.Shutdown(deadline, server, s.log)
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
