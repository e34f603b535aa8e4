"""How a leader is found, and how one ceases to be it."""

from raft.core.append_entries import append_to_all
from raft.core.core import Core
from raft.core.messages import Entry, RequestVotes, RequestVotesReply
from raft.core.state_machine import Candidate, Follower, Leader, new_leader


def election(core: Core) -> None:
    """The election time-out has passed: stands for the next term."""
    core.term += 1
    core.voted_for = core.config.id
    core.vote_changed = True
    core.leader = 0
    # The own vote counts once it is persisted: see count_own_vote.
    core.state = Candidate(election_seq=core.persistence.seq + 1)
    core.timer.reset_election(core.now_us)
    request_votes(core)


def request_votes(core: Core) -> None:
    log = core.log
    for peer_id in core.peer_ids:
        core.send(RequestVotes(core.config.id, peer_id, core.term, log.last_index, log.last_term))


def on_request_votes(core: Core, message: RequestVotes) -> None:
    granted = _may_vote_for(core, message) and _is_up_to_date(core, message)
    if granted:
        _vote(core, message.sender)
    core.send(RequestVotesReply(core.config.id, message.sender, core.term, granted))


def _may_vote_for(core: Core, message: RequestVotes) -> bool:
    """One vote a term; the same candidate may ask again."""
    return message.term == core.term and core.voted_for in (0, message.sender)


def _is_up_to_date(core: Core, message: RequestVotes) -> bool:
    """Of two logs the one with the later last term is more up to date, of equal terms the longer one (paper 5.4.1)."""
    return (message.last_log_term, message.last_log_index) >= (core.log.last_term, core.log.last_index)


def _vote(core: Core, candidate_id: int) -> None:
    if core.voted_for != candidate_id:
        core.vote_changed = True
    core.voted_for = candidate_id
    core.timer.reset_election(core.now_us)


def on_request_votes_reply(core: Core, message: RequestVotesReply) -> None:
    candidate = core.state
    if isinstance(candidate, Candidate) and message.term == core.term and message.granted:
        _count_vote(core, candidate, message.sender)


def count_own_vote(core: Core, candidate: Candidate) -> None:
    """Something was persisted: perhaps the own vote."""
    own_id = core.config.id
    if candidate.election_seq <= core.persistence.persisted_seq and own_id not in candidate.votes:
        _count_vote(core, candidate, own_id)


def _count_vote(core: Core, candidate: Candidate, voter_id: int) -> None:
    candidate.votes.add(voter_id)
    if len(candidate.votes) >= core.majority:
        _become_leader(core)


def _become_leader(core: Core) -> None:
    leader = new_leader(core.peer_ids, core.log.last_index, core.now_us)
    core.state = leader
    core.leader = core.config.id
    core.log.extend((Entry(core.term, ""),))
    core.log_changed(leader.term_start_index)
    core.timer.reset_heartbeat(core.now_us)
    append_to_all(core, leader)


def adopt_term(core: Core, term: int) -> None:
    """A higher term was seen: whatever this node was, it follows, and may vote again."""
    core.term = term
    core.voted_for = 0
    core.vote_changed = True
    step_down(core)


def step_down(core: Core) -> None:
    """A follower without a leader. A candidate keeps its deadline; what waits at a leader is answered."""
    before = core.state
    core.leader = 0
    core.state = Follower()
    if not isinstance(before, Leader):
        return
    core.timer.reset_election(core.now_us)
    for proposal in before.proposals:
        core.reply(proposal.id, "unknown", proposal.log_index)
    for waiting in before.reads:
        core.reply(waiting.id, "notLeader", 0)
