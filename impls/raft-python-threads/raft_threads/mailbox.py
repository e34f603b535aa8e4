"""What a node's thread waits for: mail, and times to come."""

from collections import deque
from queue import Empty, SimpleQueue

from raft.core.inputs import Tick
from raft.host.clock import now_us
from raft.host.mail import MAX_WAITING, Mail
from raft.host.mesh import Parcel


class Mailbox:
    """Many threads post, one takes. Parcels lie here until their network delay has passed, in their order."""

    def __init__(self, delay_us: int) -> None:
        self._delay_us = delay_us
        self._queue: SimpleQueue[Mail] = SimpleQueue()
        self._in_flight: deque[Parcel] = deque()

    def post(self, mail: Mail) -> None:
        self._queue.put(mail)

    def receive(self, parcel: Parcel) -> None:
        if self._queue.qsize() < MAX_WAITING:
            self._queue.put(parcel)

    def take(self, deadline_us: int) -> Mail:
        """The next mail; a tick when the deadline has come, however much mail there is."""
        while True:
            at_us = now_us()
            if at_us >= deadline_us:
                return Tick()
            due_us = self._due_us()
            if due_us is not None and due_us <= at_us:
                return self._in_flight.popleft()
            mail = self._wait(min(deadline_us, due_us or deadline_us) - at_us)
            if isinstance(mail, Parcel) and self._delay_us > 0:
                self._in_flight.append(mail)
            elif mail is not None:
                return mail

    def _due_us(self) -> int | None:
        return self._in_flight[0].sent_us + self._delay_us if self._in_flight else None

    def _wait(self, time_us: int) -> Mail | None:
        try:
            return self._queue.get(timeout=time_us / 1e6)
        except Empty:
            return None
