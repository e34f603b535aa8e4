package raft

// heartbeat shows every follower that the leader is alive. A leader that a majority does not answer gives up (dissertation
// 6.2).
func (n *Node) heartbeat() {
	if n.reachedCount() < n.majority {
		n.stepDown()
		return
	}
	n.timer.resetHeartbeat(n.nowUs, &n.config)
	peers := n.state.leadership.peers
	for i := range peers {
		peers[i].paused = false // a probe that was lost is sent again
	}
	n.appendToAll()
}

// reachedCount counts the node itself too.
func (n *Node) reachedCount() int {
	count := 1
	for i := range n.state.leadership.peers {
		if n.nowUs < n.state.leadership.peers[i].ackedUs+n.config.ElectionTimeoutMaxUs {
			count++
		}
	}
	return count
}
