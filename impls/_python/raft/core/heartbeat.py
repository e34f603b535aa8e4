"""A leader's sign of life."""

from raft.core.append_entries import append_to_all
from raft.core.core import Core
from raft.core.election import step_down
from raft.core.state_machine import Leader


def heartbeat(core: Core, leader: Leader) -> None:
    """Tells every follower that the leader is there; without answers from a majority it gives up (dissertation 6.2)."""
    if not _reaches_majority(core, leader):
        step_down(core)
        return
    core.timer.reset_heartbeat(core.now_us)
    for peer in leader.peers.values():
        # A probe that was lost is sent again.
        peer.paused = False
    append_to_all(core, leader)


def _reaches_majority(core: Core, leader: Leader) -> bool:
    longest_us = core.config.election_timeout_max_us
    reached_count = sum(core.now_us < peer.acked_us + longest_us for peer in leader.peers.values())
    return reached_count + 1 >= core.majority
