"""How a leader fills its followers' logs."""

from raft.core.core import Core
from raft.core.messages import AppendEntries, Entry
from raft.core.state_machine import Leader, Peer


def append_to_all(core: Core, leader: Leader) -> None:
    """An append_entries to every peer, even if there is nothing to append."""
    for peer in leader.peers.values():
        append_to(core, leader, peer, force=True)


def append_to(core: Core, leader: Leader, peer: Peer, *, force: bool) -> None:
    """Sends a peer what it may be sent now; with force at least one message."""
    sent = _probe(core, leader, peer, force=force) if peer.probing else _stream(core, leader, peer)
    if force and not sent:
        append_entries(core, leader, peer, ())


def _probe(core: Core, leader: Leader, peer: Peer, *, force: bool) -> bool:
    """One message, then waits for its reply or the next heartbeat."""
    if peer.paused or not (force or peer.next_index <= core.log.last_index):
        return False
    append_entries(core, leader, peer, core.log.slice(peer.next_index, core.config.max_batch_entries))
    peer.paused = True
    return True


def _stream(core: Core, leader: Leader, peer: Peer) -> bool:
    """All there is, without waiting for replies, as far as the window goes (dissertation 10.2.1)."""
    config, first_index = core.config, peer.next_index
    while peer.next_index <= core.log.last_index and peer.next_index - peer.match_index <= config.window_entries:
        entries = core.log.slice(peer.next_index, config.max_batch_entries)
        append_entries(core, leader, peer, entries)
        peer.next_index += len(entries)
    return peer.next_index > first_index


def append_entries(core: Core, leader: Leader, peer: Peer, entries: tuple[Entry, ...]) -> None:
    prev_log_index = peer.next_index - 1
    core.send(
        AppendEntries(
            core.config.id,
            peer.id,
            core.term,
            prev_log_index,
            core.log.term_at(prev_log_index),
            entries,
            core.commit_index,
            leader.round,
        )
    )
