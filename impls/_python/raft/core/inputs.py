"""What can happen to a node."""

from collections.abc import Sequence
from typing import NamedTuple

from raft.core.messages import Entry, Message


class Restart(NamedTuple):
    """The first input, and after a crash: what was persisted, and the generator's state (32 bits)."""

    term: int
    voted_for: int
    entries: Sequence[Entry]
    random: int


class Tick(NamedTuple):
    """Time has passed."""


class Receive(NamedTuple):
    message: Message


class Proposal(NamedTuple):
    """id is the host's, unique while unanswered."""

    id: int
    command: str


class Propose(NamedTuple):
    requests: Sequence[Proposal]


class Read(NamedTuple):
    ids: Sequence[int]


class Persisted(NamedTuple):
    """Every persist effect up to seq is durable."""

    seq: int


class Heartbeat(NamedTuple):
    """A leader beats now; only for experiments."""


Input = Restart | Tick | Receive | Propose | Read | Persisted | Heartbeat
