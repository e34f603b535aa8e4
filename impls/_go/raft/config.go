package raft

// Config is what a node knows of itself and its cluster. Times are in microseconds.
type Config struct {
	ID                   int // 1 to ClusterSize
	ClusterSize          int
	ElectionTimeoutMinUs int64
	ElectionTimeoutMaxUs int64 // at least ElectionTimeoutMinUs; both limits may be drawn
	HeartbeatUs          int64 // less than ElectionTimeoutMinUs
	MaxBatchEntries      int   // most entries of one AppendEntries
	// WindowEntries bounds how far ahead of its confirmations a peer is sent entries.
	WindowEntries uint64
}

func (c *Config) majority() int { return c.ClusterSize/2 + 1 }
