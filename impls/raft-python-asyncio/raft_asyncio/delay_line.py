"""The network between tasks: a first-in first-out line of constant delay."""

import asyncio
from collections import deque
from collections.abc import Callable

from raft.host.clock import now_us
from raft.host.mesh import Parcel


class DelayLine:
    """Hands a parcel over network_delay_us after it was sent, or a little later.

    A timer of whole milliseconds takes it close to the due time, turns of the event loop the rest of the way.
    """

    def __init__(self, delay_us: int, deliver: Callable[[Parcel], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._delay_us = delay_us
        self._deliver = deliver
        self._waiting: deque[Parcel] = deque()

    def push(self, parcel: Parcel) -> None:
        self._waiting.append(parcel)
        if len(self._waiting) == 1:
            self._arm()

    def _arm(self) -> None:
        whole_ms = (self._waiting[0].sent_us + self._delay_us - now_us()) // 1000
        if whole_ms >= 1:
            self._loop.call_later(whole_ms / 1000, self._run)
        else:
            self._loop.call_soon(self._run)

    def _run(self) -> None:
        sent_by_us = now_us() - self._delay_us
        while self._waiting and self._waiting[0].sent_us <= sent_by_us:
            self._deliver(self._waiting.popleft())
        if self._waiting:
            self._arm()
