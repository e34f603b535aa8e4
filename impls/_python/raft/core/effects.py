"""What a host must do for a node, in the order of the list a step returns."""

from typing import Literal, NamedTuple

from raft.core.messages import Entry, Message

RoleName = Literal["follower", "candidate", "leader"]
# unknown: leadership was lost first; the entry may be committed yet.
Outcome = Literal["committed", "read", "notLeader", "unknown"]


class Persist(NamedTuple):
    """To be written, in order; then the node wants the input Persisted."""

    seq: int
    term: int
    voted_for: int
    # The log on disk is cut before this index and the entries follow; 0: the log did not change.
    from_index: int
    entries: tuple[Entry, ...]


class Send(NamedTuple):
    message: Message


class Apply(NamedTuple):
    """Newly committed entries, for the store."""

    from_index: int
    entries: tuple[Entry, ...]


class Reply(NamedTuple):
    id: int
    outcome: Outcome
    # Of the entry; of a read the commit index.
    log_index: int
    term: int


class RoleChange(NamedTuple):
    """leader 0: unknown."""

    role: RoleName
    term: int
    leader: int


Effect = Persist | Send | Apply | Reply | RoleChange
