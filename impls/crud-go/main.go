// Command crud-go serves the crud contract (bench/crud/contract.md) with net/http and pgx.
package main

import (
	"fmt"
	"os"
	"runtime"

	"paceline/impls/_go/program"
)

func main() {
	config, err := readConfig(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "crud-go:", err)
		os.Exit(2)
	}
	runtime.GOMAXPROCS(config.workers)
	log := program.NewLogger(config.logLevel)
	if err := serve(program.UntilSignal(), config, log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}
