package raft

// Effects are what a step wants done, in the order of the fields. They are the node's and change with its next step, except
// for messages and entries: those never change.
type Effects struct {
	Persist *Persist // nil: nothing to persist
	Sends   []Message
	Apply   *Apply // nil: nothing to apply
	Replies []Reply
	Role    *RoleChange // nil: role, term and leader are as they were
}

// Persist is to be written, in order. The node then wants the input Persisted.
type Persist struct {
	Seq      uint64
	Term     uint64
	VotedFor int
	// The log on disk is cut before FromIndex and the entries follow. 0 and no entries: the log did not change.
	FromIndex uint64
	Entries   []Entry
}

// Apply hands out newly committed entries.
type Apply struct {
	FromIndex uint64
	Entries   []Entry
}

// Outcome is what has become of a proposal or a read.
type Outcome string

const (
	Committed   Outcome = "committed"
	ReadAllowed Outcome = "read"
	NotLeader   Outcome = "notLeader"
	Unknown     Outcome = "unknown" // leadership was lost first: the entry may be committed yet
)

// Reply answers a proposal or a read.
type Reply struct {
	ID      uint64
	Outcome Outcome
	Index   uint64 // of the entry; of the last commitment for a read; 0 for NotLeader
	Term    uint64
}

// RoleChange reports the role of the node since this step.
type RoleChange struct {
	Role   Role
	Term   uint64
	Leader int // 0: unknown
}
