package raft

// Role is the state a node is in.
type Role string

const (
	Follower  Role = "follower"
	Candidate Role = "candidate"
	Leader    Role = "leader"
)

// StateMachine is the three states of a node, with what it knows in each, and the ways between them. (The paper's state
// machine, the map of keys to values, is the host's store.)
type StateMachine struct {
	role   Role
	leader int // 0: unknown

	candidacy  *candidacy  // nil unless candidate
	leadership *leadership // nil unless leader
}

type candidacy struct {
	electionSeq uint64 // the persist effect of its own vote
	votes       votes
}

type leadership struct {
	peers          []peer // ascending
	termStartIndex uint64 // of the no-op of its term

	// The read index's rounds: one is under way while round > confirmedRound.
	round          uint64
	confirmedRound uint64
	roundAcks      int

	proposals []waitingProposal
	reads     []waitingRead
	matches   []uint64 // scratch of majorityIndex
}

type waitingProposal struct{ id, index uint64 }

type waitingRead struct{ id, round uint64 }

// votes are the ids that granted one.
type votes struct {
	granted []bool // by id
	count   int
}

func (v *votes) has(id int) bool { return v.granted[id] }

func (v *votes) add(id int) {
	if !v.granted[id] {
		v.granted[id] = true
		v.count++
	}
}

func (s *StateMachine) becomeFollower(leader int) {
	*s = StateMachine{role: Follower, leader: leader}
}

func (s *StateMachine) becomeCandidate(clusterSize int, electionSeq uint64) {
	*s = StateMachine{role: Candidate, candidacy: &candidacy{
		electionSeq: electionSeq,
		votes:       votes{granted: make([]bool, clusterSize+1)},
	}}
}

func (s *StateMachine) becomeLeader(id int, peers []peer, termStartIndex uint64) {
	*s = StateMachine{role: Leader, leader: id, leadership: &leadership{
		peers: peers, termStartIndex: termStartIndex, matches: make([]uint64, 0, len(peers)+1),
	}}
}
