"""The three states of a node. The ways between them are in election.py and follow.py.

(The paper's state machine, the map of keys to values, is the store: see raft/host/store.py.)
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from raft.core.effects import RoleName


@dataclass(slots=True)
class Follower:
    role: ClassVar[RoleName] = "follower"


@dataclass(slots=True)
class Candidate:
    role: ClassVar[RoleName] = "candidate"
    # The persist effect of its own vote.
    election_seq: int
    votes: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Peer:
    """What a leader knows of one follower."""

    id: int
    # The next entry to send.
    next_index: int
    # When its last reply came.
    acked_us: int
    # Known to be in the follower's persisted log.
    match_index: int = 0
    # Looking for where the logs agree: one message at a time, and next_index stays.
    probing: bool = True
    # Probing, and that message is out.
    paused: bool = False
    acked_round: int = 0


class WaitingProposal(NamedTuple):
    id: int
    log_index: int


class WaitingRead(NamedTuple):
    id: int
    round: int


@dataclass(slots=True)
class Leader:
    role: ClassVar[RoleName] = "leader"
    # Ascending by id.
    peers: dict[int, Peer]
    # Index of the no-op of its term.
    term_start_index: int
    # The read index's rounds: one is under way while round > confirmed_round.
    round: int = 0
    confirmed_round: int = 0
    round_acks: int = 0
    proposals: deque[WaitingProposal] = field(default_factory=deque)
    reads: deque[WaitingRead] = field(default_factory=deque)


State = Follower | Candidate | Leader


def new_leader(peer_ids: Sequence[int], last_index: int, now_us: int) -> Leader:
    peers = {peer_id: Peer(peer_id, last_index + 1, now_us) for peer_id in peer_ids}
    return Leader(peers, term_start_index=last_index + 1)
