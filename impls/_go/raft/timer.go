package raft

// Timer is a node's one restartable timer: the election's for followers and candidates, the heartbeat's for a leader.
type Timer struct {
	deadlineUs int64
	random     Random
}

// resetElection draws a new time-out each time.
func (t *Timer) resetElection(nowUs int64, c *Config) {
	rangeUs := c.ElectionTimeoutMaxUs - c.ElectionTimeoutMinUs + 1
	t.deadlineUs = nowUs + c.ElectionTimeoutMinUs + int64(t.random.Next())%rangeUs
}

func (t *Timer) resetHeartbeat(nowUs int64, c *Config) {
	t.deadlineUs = nowUs + c.HeartbeatUs
}
