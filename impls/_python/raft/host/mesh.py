"""The links between the nodes of a cluster.

Safe for threads without a lock: a session is one reference, read and replaced whole, and a parcel is worth something
only while both ends have the session it was sent in.
"""

from collections.abc import Callable
from typing import NamedTuple

from raft.core.messages import Message


class End:
    """One incarnation's end of all its links. A successor has another: it gets no mail of its predecessor."""

    __slots__ = ("post", "session")

    def __init__(self, post: "Callable[[Parcel], None]") -> None:
        self.post = post
        # None: cut off.
        self.session: object | None = object()

    def cut(self) -> None:
        """From now on nothing is delivered from here or to here, what is in flight included."""
        self.session = None

    def heal(self) -> None:
        self.session = object()


class Parcel(NamedTuple):
    """A message in flight."""

    message: Message
    sent_us: int
    sender: End
    sender_session: object
    receiver: End
    receiver_session: object

    @property
    def is_deliverable(self) -> bool:
        return self.sender.session is self.sender_session and self.receiver.session is self.receiver_session


def arrive(parcel: Parcel) -> None:
    """Carries a parcel without delay."""
    parcel.receiver.post(parcel)


class Mesh:
    """The present ends, by node; carry brings a parcel to its receiver."""

    def __init__(self, carry: Callable[[Parcel], None] = arrive) -> None:
        self._carry = carry
        self._ends: dict[int, End] = {}

    def join(self, node_id: int, end: End) -> None:
        self._ends[node_id] = end

    def send(self, sender: End, message: Message, sent_us: int) -> None:
        receiver = self._ends.get(message.receiver)
        if receiver is None:
            return
        sender_session, receiver_session = sender.session, receiver.session
        if sender_session is not None and receiver_session is not None:
            self._carry(Parcel(message, sent_us, sender, sender_session, receiver, receiver_session))
