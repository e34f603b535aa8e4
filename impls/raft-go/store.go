package main

import (
	"strings"

	"paceline/impls/_go/raft"
)

// store is a node's map of keys to values, the paper's state machine.
type store map[string]string

// apply sets what commands of the form key=value say. An empty command or key changes nothing.
func (s store) apply(entries []raft.Entry) {
	for _, entry := range entries {
		if key, value, found := strings.Cut(entry.Command, "="); found && key != "" {
			s[key] = value
		}
	}
}
