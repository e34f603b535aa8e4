"""A node's state as transcripts and hosts show it."""

from dataclasses import replace
from typing import NamedTuple

from raft.core.core import Core
from raft.core.effects import RoleName
from raft.core.state_machine import Candidate, Leader, Peer


class NodeView(NamedTuple):
    """In the contract's order; votes only of a candidate, the last five and peers only of a leader."""

    role: RoleName
    term: int
    voted_for: int
    leader: int
    commit_index: int
    last_log_index: int
    last_log_term: int
    durable_index: int
    random: int
    held: int
    votes: tuple[int, ...]
    round: int
    confirmed_round: int
    proposals: int
    reads: int
    peers: tuple[Peer, ...]


class Summary(NamedTuple):
    """What a cluster shows of a node; leader 0: unknown."""

    role: RoleName
    term: int
    leader: int
    commit_index: int
    last_log_index: int


def summary_of(core: Core) -> Summary:
    return Summary(core.state.role, core.term, core.leader, core.commit_index, core.log.last_index)


def view_of(core: Core) -> NodeView:
    state = core.state
    leader = state if isinstance(state, Leader) else Leader({}, 0)
    return NodeView(
        role=state.role,
        term=core.term,
        voted_for=core.voted_for,
        leader=core.leader,
        commit_index=core.commit_index,
        last_log_index=core.log.last_index,
        last_log_term=core.log.last_term,
        durable_index=core.persistence.durable_index,
        random=core.timer.random,
        held=len(core.persistence.held),
        votes=tuple(sorted(state.votes)) if isinstance(state, Candidate) else (),
        round=leader.round,
        confirmed_round=leader.confirmed_round,
        proposals=len(leader.proposals),
        reads=len(leader.reads),
        peers=tuple(replace(peer) for peer in leader.peers.values()),
    )
