// Command crud-go serves the crud contract (bench/crud/contract.md) with net/http and pgx.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func main() {
	config, err := readConfig(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "crud-go:", err)
		os.Exit(2)
	}
	runtime.GOMAXPROCS(config.workers)
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: config.logLevel}))

	stopped, forget := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	// From the first signal on, a second one has its default effect: it ends the program at once.
	context.AfterFunc(stopped, forget)

	if err := serve(stopped, config, log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}
