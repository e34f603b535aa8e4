"""What a leader learns from its followers' answers."""

from raft.core.append_entries import append_to
from raft.core.commitment import advance_commit
from raft.core.core import Core
from raft.core.messages import AppendEntriesReply
from raft.core.read_index import ack_round
from raft.core.state_machine import Leader, Peer


def on_append_entries_reply(core: Core, message: AppendEntriesReply) -> None:
    leader = core.state
    if not isinstance(leader, Leader) or message.term != core.term:
        return
    peer = leader.peers[message.sender]
    peer.acked_us = core.now_us
    if message.success:
        _advance(core, peer, message.match_index)
    else:
        _back_up(core, peer, message)
    advance_commit(core, leader)
    ack_round(core, leader, peer, message.round)
    append_to(core, leader, peer, force=False)


def _advance(core: Core, peer: Peer, match_index: int) -> None:
    peer.match_index = max(peer.match_index, match_index)
    if not peer.probing:
        peer.next_index = max(peer.next_index, peer.match_index + 1)
    elif _found_agreement(core, peer):
        peer.next_index = peer.match_index + 1
        peer.paused = False
        peer.probing = core.log.last_index - peer.match_index > core.config.max_batch_entries


def _found_agreement(core: Core, peer: Peer) -> bool:
    """Not by an older answer: leaving the probing for it would send again all that is on its way, again for each."""
    return peer.match_index >= peer.next_index or peer.match_index == peer.next_index - 1 == core.log.last_index


def _back_up(core: Core, peer: Peer, message: AppendEntriesReply) -> None:
    """Skips a whole conflicting term at a time (paper 5.3, end)."""
    prev_log_index = message.prev_log_index
    is_stale = prev_log_index <= peer.match_index or (peer.probing and prev_log_index != peer.next_index - 1)
    if is_stale:
        return
    same_term_index = 0
    if message.conflict_term > 0:
        same_term_index = core.log.last_index_of_term(message.conflict_term, prev_log_index)
    next_index = same_term_index + 1 if same_term_index > 0 else message.conflict_index
    peer.next_index = max(peer.match_index + 1, min(next_index, prev_log_index))
    peer.probing = True
    peer.paused = False
