package raft

// Entry is one place of the log. An empty command is the no-op at the start of a term.
type Entry struct {
	Term    uint64
	Command string
}

// Message is what nodes send each other: RequestVotes, AppendEntries and their replies. A message is never changed once it
// is sent, its entries included, so that it may be read by other goroutines.
type Message interface {
	Head() Envelope
}

// Envelope is what all messages begin with.
type Envelope struct {
	From int
	To   int
	Term uint64 // the sender's current one
}

// Head gives the envelope of any message.
func (e Envelope) Head() Envelope { return e }

// RequestVotes asks for a vote.
type RequestVotes struct {
	Envelope
	LastLogIndex uint64
	LastLogTerm  uint64
}

// RequestVotesReply grants the vote or not.
type RequestVotesReply struct {
	Envelope
	Granted bool
}

// AppendEntries brings entries, or none as a heartbeat.
type AppendEntries struct {
	Envelope
	PrevLogIndex uint64
	PrevLogTerm  uint64
	Entries      []Entry
	LeaderCommit uint64
	Round        uint64 // of the read index; the reply gives it back
}

// AppendEntriesReply says how far the follower's log matches the leader's, or where to look for that.
type AppendEntriesReply struct {
	Envelope
	Success       bool
	PrevLogIndex  uint64 // the request's
	MatchIndex    uint64 // the log is the leader's up to here, and persisted; 0 unless success
	ConflictTerm  uint64 // the follower's term at PrevLogIndex; 0 if its log ends before
	ConflictIndex uint64 // the first index of that term, or of what is missing
	Round         uint64
}
