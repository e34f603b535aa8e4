// Command raft-go runs a Raft cluster in one program, a goroutine a node, and serves the raft contract
// (bench/raft/contract.md).
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"paceline/impls/_go/program"
)

func main() {
	config, err := readConfig(os.LookupEnv)
	if err != nil {
		fmt.Fprintln(os.Stderr, "raft-go:", err)
		os.Exit(2)
	}
	log := program.NewLogger(config.logLevel)
	err = serve(program.UntilSignal(), config, log)
	switch {
	case errors.Is(err, errCannotStart):
		fmt.Fprintln(os.Stderr, "raft-go:", strings.ReplaceAll(err.Error(), "\n", ": "))
		os.Exit(3)
	case err != nil:
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}
