package raft

// Input is what a node reacts to: one of the types below.
type Input interface{ input() }

// Restart is the first input of a node, and the first after a crash: what was persisted, and the generator's state. The
// entries belong to the node from then on.
type Restart struct {
	Term     uint64
	VotedFor int
	Entries  []Entry
	Random   Random
}

// Tick means that time has passed. It does nothing before the node's deadline.
type Tick struct{}

// Receive brings a message of another node.
type Receive struct{ Message Message }

// Propose asks a leader to append commands to the log.
type Propose struct{ Requests []Proposal }

// Proposal is a command with an id of the host's, unique while unanswered.
type Proposal struct {
	ID      uint64
	Command string
}

// Read asks a leader to confirm that it leads, so that its store may be read.
type Read struct{ IDs []uint64 }

// Persisted means that every persist effect up to Seq is durable.
type Persisted struct{ Seq uint64 }

// Heartbeat makes a leader do at once what its deadline would make it do. Only experiments need it.
type Heartbeat struct{}

func (Restart) input()   {}
func (Tick) input()      {}
func (Receive) input()   {}
func (Propose) input()   {}
func (Read) input()      {}
func (Persisted) input() {}
func (Heartbeat) input() {}
