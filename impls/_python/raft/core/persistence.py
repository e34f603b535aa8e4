"""What is on its way to the disk, and the messages that must not be sent before it is there."""

from collections import deque
from typing import NamedTuple

from raft.core.messages import Message


class Held(NamedTuple):
    """A message and the persist effect it waits for."""

    seq: int
    message: Message


class Unconfirmed(NamedTuple):
    seq: int
    last_index: int


class Persistence:
    """seq counts the persist effects made, persisted_seq is the last that is durable."""

    __slots__ = ("_unconfirmed", "durable_index", "held", "persisted_seq", "seq")

    def __init__(self, durable_index: int) -> None:
        self.seq = 0
        self.persisted_seq = 0
        # The last log index known to be persisted.
        self.durable_index = durable_index
        self.held: deque[Held] = deque()
        self._unconfirmed: deque[Unconfirmed] = deque()

    @property
    def is_pending(self) -> bool:
        return self.seq > self.persisted_seq

    def next_seq(self, last_index: int) -> int:
        """The number of a new persist effect, after which the log ends at last_index."""
        self.seq += 1
        self._unconfirmed.append(Unconfirmed(self.seq, last_index))
        return self.seq

    def hold(self, message: Message) -> None:
        self.held.append(Held(self.seq, message))

    def confirm(self, seq: int) -> list[Message]:
        """Notes that all up to seq is durable; the messages that waited for it, oldest first."""
        self.persisted_seq = seq
        while self._unconfirmed and self._unconfirmed[0].seq <= seq:
            self.durable_index = self._unconfirmed.popleft().last_index
        released = []
        while self.held and self.held[0].seq <= seq:
            released.append(self.held.popleft().message)
        return released
