"""One armed timer. A deadline that only moves away leaves the timer alone: it looks again when it rings."""

import asyncio
from collections.abc import Callable

from raft.host.clock import now_us


class Alarm:
    """Rings once, at its time or up to a timer step (1 ms) later, never before."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self._armed_us = 0
        self._wanted_us = 0

    def set(self, at_us: int) -> None:
        self._wanted_us = at_us
        if self._timer is None or at_us < self._armed_us:
            self._arm()

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _arm(self) -> None:
        self.cancel()
        self._armed_us = self._wanted_us
        delay_ms = max(0, -(-(self._wanted_us - now_us()) // 1000))
        self._timer = self._loop.call_later(delay_ms / 1000, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        if now_us() < self._wanted_us:
            self._arm()
        else:
            self._ring()
