"""What a node finds in its mailbox, and what it reports."""

from collections.abc import Sequence
from typing import NamedTuple

from raft.core.effects import Outcome, RoleName
from raft.core.inputs import Persisted, Propose, Tick
from raft.host.mesh import Parcel

# Of mail for a node, when another node's comes: one more is lost, as on any network.
MAX_WAITING = 65_536


class KeyRead(NamedTuple):
    """id is as a Proposal's."""

    id: int
    key: str


class ReadKeys(NamedTuple):
    reads: Sequence[KeyRead]


class Beat(NamedTuple):
    """A leader's heartbeat, out of turn."""


class LagBehind(NamedTuple):
    """Take this leader at its heartbeats only, and send it no answers; 0: none (POST /cluster/leader/crash)."""

    leader: int


Mail = Parcel | Propose | ReadKeys | Persisted | Tick | Beat | LagBehind


class Answer(NamedTuple):
    id: int
    outcome: Outcome
    log_index: int
    term: int
    # Of a read that found its key.
    value: str | None


class RoleReport(NamedTuple):
    """A node's step changed its role, term or leader (0: unknown)."""

    role: RoleName
    term: int
    leader: int
    at_us: int
