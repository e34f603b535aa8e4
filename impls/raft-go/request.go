package main

import "paceline/impls/_go/raft"

// request is a client's write, or its read where the command is empty.
type request struct {
	key     string
	command string
	answer  chan answer // has room for the one answer: a node never waits for a client that has given up
}

// answer is what a node says to a request.
type answer struct {
	outcome raft.Outcome
	index   uint64
	term    uint64
	value   string // of a read, if found
	found   bool
}

// crashed is the outcome where the node went away with the request.
const crashed raft.Outcome = "crashed"

func newRequest(key, command string) *request {
	return &request{key: key, command: command, answer: make(chan answer, 1)}
}
