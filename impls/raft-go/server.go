package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	// idleWait keeps unused connections for more than the 75 s that the contract asks for.
	idleWait = 90 * time.Second
	// finishWait is how long requests in flight may take once the service stops; then the nodes go and refuse them.
	finishWait = 3 * time.Second
	// stopWait leaves the contract's 10 s some air.
	stopWait = 8 * time.Second
)

// errCannotStart marks what keeps the program from starting.
var errCannotStart = errors.New("cannot start")

// serve runs the cluster until the context ends, then lets it finish what it has begun.
func serve(ctx context.Context, config config, log *slog.Logger) error {
	release, err := claim(config.dataDir)
	if err != nil {
		return errors.Join(errCannotStart, err)
	}
	defer release()
	// The port before the files: a program that cannot serve leaves none behind.
	socket, err := net.Listen("tcp", config.address)
	if err != nil {
		return errors.Join(errCannotStart, err)
	}
	cluster, nodes, err := openCluster(config, log)
	if err != nil {
		_ = socket.Close()
		return errors.Join(errCannotStart, err)
	}
	cluster.start(nodes)
	server := newServer((&service{cluster, log}).routes(), log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(socket) }()
	log.Info("serving", "address", config.address, "nodes", config.clusterSize)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop(server, cluster, log)
	return nil
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler,
		// A connection opened ahead of its first request is idle too, but net/http counts its wait as that for a header.
		ReadHeaderTimeout: idleWait,
		IdleTimeout:       idleWait,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),

		DisableGeneralOptionsHandler: true, // OPTIONS is a wrong method like others
	}
}

// stop gives up on what has not ended after stopWait.
func stop(server *http.Server, cluster *cluster, log *slog.Logger) {
	log.Info("stopping")
	deadline, cancel := context.WithTimeout(context.Background(), stopWait)
	defer cancel()
	nodesEnded := make(chan struct{})
	refuseRest := time.AfterFunc(finishWait, func() {
		cluster.stop()
		close(nodesEnded)
	})
	if err := server.Shutdown(deadline); errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests cut off")
		_ = server.Close()
	}
	if refuseRest.Stop() {
		cluster.stop()
		return
	}
	select {
	case <-nodesEnded:
	case <-deadline.Done():
	}
}
