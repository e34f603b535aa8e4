// Command raft-go runs a Raft cluster in one program, a goroutine a node, and serves the raft contract
// (bench/raft/contract.md).
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	config, err := readConfig(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "raft-go:", err)
		os.Exit(2)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: config.logLevel}))

	stopped, forget := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	// From the first signal on, a second one has its default effect: it ends the program at once.
	context.AfterFunc(stopped, forget)

	err = serve(stopped, config, log)
	switch {
	case errors.Is(err, errCannotStart):
		fmt.Fprintln(os.Stderr, "raft-go:", strings.ReplaceAll(err.Error(), "\n", ": "))
		os.Exit(3)
	case err != nil:
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}
