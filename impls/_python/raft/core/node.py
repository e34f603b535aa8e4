"""One server of the cluster: no clock, no timer, no I/O."""

from collections.abc import Sequence

from raft.core.append_entries import append_to
from raft.core.commitment import advance_commit
from raft.core.config import NodeConfig
from raft.core.core import Core
from raft.core.effects import Effect
from raft.core.election import adopt_term, count_own_vote, election, on_request_votes, on_request_votes_reply
from raft.core.follow import on_append_entries
from raft.core.heartbeat import heartbeat
from raft.core.inputs import Heartbeat, Input, Persisted, Proposal, Propose, Read, Receive, Restart, Tick
from raft.core.messages import AppendEntries, AppendEntriesReply, Entry, Message, RequestVotes, RequestVotesReply
from raft.core.read_index import read
from raft.core.replicate import on_append_entries_reply
from raft.core.state_machine import Candidate, Leader, WaitingProposal
from raft.core.view import NodeView, Summary, summary_of, view_of


class Node:
    """The first input is Restart."""

    __slots__ = ("_core",)

    def __init__(self, config: NodeConfig) -> None:
        self._core = Core(config)

    @property
    def next_deadline_us(self) -> int:
        """When it wants the input Tick at the latest."""
        return self._core.timer.deadline_us

    def step(self, now_us: int, happened: Input) -> list[Effect]:
        """What must be done now, in this order. now_us never falls."""
        self._core.begin_step(now_us)
        _take(self._core, happened)
        return self._core.end_step()

    def summary(self) -> Summary:
        return summary_of(self._core)

    def view(self) -> NodeView:
        return view_of(self._core)


def _take(core: Core, happened: Input) -> None:
    match happened:
        case Receive(message):
            _on_message(core, message)
        case Persisted(seq):
            _on_persisted(core, seq)
        case Propose(requests):
            _propose(core, requests)
        case Read(ids):
            read(core, ids)
        case Tick():
            _on_tick(core)
        case Heartbeat():
            if isinstance(core.state, Leader):
                heartbeat(core, core.state)
        case Restart():
            core.restart(happened)


def _on_tick(core: Core) -> None:
    if core.now_us < core.timer.deadline_us:
        return
    if isinstance(core.state, Leader):
        heartbeat(core, core.state)
    else:
        election(core)


def _on_message(core: Core, message: Message) -> None:
    if not _is_for_me(core.config, message):
        return
    if message.term > core.term:
        adopt_term(core, message.term)
    match message:
        case AppendEntries():
            on_append_entries(core, message)
        case AppendEntriesReply():
            on_append_entries_reply(core, message)
        case RequestVotes():
            on_request_votes(core, message)
        case RequestVotesReply():
            on_request_votes_reply(core, message)


def _is_for_me(config: NodeConfig, message: Message) -> bool:
    return message.receiver == config.id and message.sender != config.id and 1 <= message.sender <= config.cluster_size


def _propose(core: Core, requests: Sequence[Proposal]) -> None:
    leader, log = core.state, core.log
    if not isinstance(leader, Leader):
        for request in requests:
            core.reply(request.id, "notLeader", 0)
        return
    if not requests:
        return
    first_index = log.last_index + 1
    log.extend([Entry(core.term, request.command) for request in requests])
    core.log_changed(first_index)
    leader.proposals.extend(WaitingProposal(request.id, first_index + i) for i, request in enumerate(requests))
    for peer in leader.peers.values():
        append_to(core, leader, peer, force=False)


def _on_persisted(core: Core, seq: int) -> None:
    if not core.persistence.persisted_seq < seq <= core.persistence.seq:
        return
    core.confirm_persisted(seq)
    if isinstance(core.state, Candidate):
        count_own_vote(core, core.state)
    elif isinstance(core.state, Leader):
        advance_commit(core, core.state)
