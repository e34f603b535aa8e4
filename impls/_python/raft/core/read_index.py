"""Linearizable reads without a log entry (dissertation 6.4): a majority confirms the leader after the read came."""

from collections.abc import Sequence

from raft.core.append_entries import append_to_all
from raft.core.core import Core
from raft.core.state_machine import Leader, Peer, WaitingRead


def read(core: Core, ids: Sequence[int]) -> None:
    leader = core.state
    if not isinstance(leader, Leader):
        for request_id in ids:
            core.reply(request_id, "notLeader", 0)
        return
    leader.reads.extend(WaitingRead(request_id, leader.round + 1) for request_id in ids)
    if leader.round == leader.confirmed_round:
        _start_round(core, leader)


def ack_round(core: Core, leader: Leader, peer: Peer, number: int) -> None:
    if number <= peer.acked_round:
        return
    peer.acked_round = number
    if number == leader.round and number > leader.confirmed_round:
        leader.round_acks += 1
        _confirm_round(core, leader)


def release_reads(core: Core, leader: Leader) -> None:
    """Answers the reads whose round is confirmed, once an entry of the own term is committed."""
    if core.commit_index < leader.term_start_index:
        return
    reads = leader.reads
    while reads and reads[0].round <= leader.confirmed_round:
        core.reply(reads.popleft().id, "read", core.commit_index)


def _start_round(core: Core, leader: Leader) -> None:
    leader.round += 1
    leader.round_acks = 0
    append_to_all(core, leader)
    _confirm_round(core, leader)


def _confirm_round(core: Core, leader: Leader) -> None:
    if leader.round_acks + 1 < core.majority:
        return
    leader.confirmed_round = leader.round
    release_reads(core, leader)
    if leader.reads and leader.reads[-1].round > leader.round:
        _start_round(core, leader)
