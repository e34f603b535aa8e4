package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"paceline/impls/_go/program"
)

// finishWait is how long requests in flight may take once the service stops. Then the nodes stop, and reject them.
const finishWait = 3 * time.Second

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
	server := program.NewServer((&service{cluster, log}).routes(), log)
	log.Info("serving", "address", config.address, "nodes", config.clusterSize)
	return program.Run(ctx, server, socket, log, func(deadline context.Context) { stop(deadline, server, cluster, log) })
}

// stop gives up on what has not ended by the deadline.
func stop(deadline context.Context, server *http.Server, cluster *cluster, log *slog.Logger) {
	nodesEnded := make(chan struct{})
	stopNodes := time.AfterFunc(finishWait, func() {
		cluster.stop()
		close(nodesEnded)
	})
	program.Shutdown(deadline, server, log)
	if stopNodes.Stop() {
		cluster.stop()
		return
	}
	select {
	case <-nodesEnded:
	case <-deadline.Done():
	}
}
