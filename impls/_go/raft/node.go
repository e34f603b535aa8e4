// Package raft is leader election and log replication without I/O: no clock, no timer, no goroutine, no ambient random.
// Inputs and the time go in, effects come out; bench/raft/contract.md says which, to the byte. Terms are those of Ongaro
// and Ousterhout, In Search of an Understandable Consensus Algorithm ("paper"), and of Ongaro's dissertation.
package raft

// Node is one server of the cluster. It is not safe for concurrent use.
type Node struct {
	config   Config
	majority int
	nowUs    int64 // of the step under way

	currentTerm uint64
	votedFor    int // 0: no vote
	log         ReplicatedLog

	state       StateMachine
	commitIndex uint64 // all up to it has been handed out to be applied
	timer       Timer
	persistence persistence

	step step
}

// NewNode makes a node whose first input must be Restart.
func NewNode(config Config) *Node {
	return &Node{config: config, majority: config.majority()}
}

// NextDeadlineUs is when the node wants a Tick at the latest.
func (n *Node) NextDeadlineUs() int64 { return n.timer.deadlineUs }

// Step takes one input. nowUs never falls.
func (n *Node) Step(nowUs int64, input Input) Effects {
	n.nowUs = nowUs
	n.beginStep()
	switch in := input.(type) {
	case Receive:
		n.receive(in.Message)
	case Persisted:
		n.persisted(in.Seq)
	case Propose:
		n.propose(in.Requests)
	case Read:
		n.read(in.IDs)
	case Tick:
		n.tick()
	case Heartbeat:
		if n.state.role == Leader {
			n.heartbeat()
		}
	case Restart:
		n.restart(in)
	}
	return n.endStep()
}

func (n *Node) restart(in Restart) {
	*n = Node{
		config: n.config, majority: n.majority, nowUs: n.nowUs,
		currentTerm: in.Term, votedFor: in.VotedFor, log: newReplicatedLog(in.Entries),
		timer: Timer{random: in.Random},
	}
	n.persistence.durableIndex = n.log.lastIndex()
	n.state.becomeFollower(0)
	n.timer.resetElection(n.nowUs, &n.config)
}

func (n *Node) tick() {
	switch {
	case n.nowUs < n.timer.deadlineUs:
	case n.state.role == Leader:
		n.heartbeat()
	default:
		n.election()
	}
}

func (n *Node) receive(message Message) {
	head := message.Head()
	if head.To != n.config.ID || head.From == n.config.ID || head.From < 1 || head.From > n.config.ClusterSize {
		return
	}
	if head.Term > n.currentTerm {
		n.adoptTerm(head.Term)
	}
	switch m := message.(type) {
	case RequestVotes:
		n.onRequestVotes(m)
	case RequestVotesReply:
		n.onRequestVotesReply(m)
	case AppendEntries:
		n.onAppendEntries(m)
	case AppendEntriesReply:
		n.onAppendEntriesReply(m)
	}
}

func (n *Node) propose(requests []Proposal) {
	if n.state.role != Leader {
		for _, request := range requests {
			n.reply(request.ID, NotLeader, 0)
		}
		return
	}
	if len(requests) == 0 {
		return
	}
	lead := n.state.leadership
	n.logChanged(n.log.lastIndex() + 1)
	for _, request := range requests {
		n.log.append(Entry{n.currentTerm, request.Command})
		lead.proposals = append(lead.proposals, waitingProposal{request.ID, n.log.lastIndex()})
	}
	for i := range lead.peers {
		n.appendTo(&lead.peers[i], false)
	}
}

func (n *Node) persisted(seq uint64) {
	if seq <= n.persistence.persistedSeq || seq > n.persistence.seq {
		return
	}
	n.release(seq)
	switch n.state.role {
	case Candidate:
		n.countOwnVote()
	case Leader:
		n.advanceCommit()
	}
}
