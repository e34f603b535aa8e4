"""Drift: a timer that starts itself anew when it fires, so many rounds in a row."""

import asyncio
from threading import Event

from primitives.case import Case
from primitives.operation import AsyncOperation, Operation
from primitives.restartable_timer import RestartableTimer
from primitives.stretch import Stretch

ROUND_MS = 5
ROUND_SEC = ROUND_MS / 1_000


class ThreadTimerDrift(Operation):
    def __init__(self, _case: Case) -> None:
        self._timer = RestartableTimer(ROUND_SEC, self._fire)
        self._fired_count = 0
        self._left_count = 0
        self._over = Event()

    def _fire(self) -> None:
        self._fired_count += 1
        self._left_count -= 1
        if self._left_count > 0:
            self._timer.start()
        else:
            self._over.set()

    def run(self, count: int, stretch: Stretch) -> None:
        self._left_count = count
        self._over.clear()
        with stretch:
            self._timer.start()
            self._over.wait()

    def end(self) -> int:
        return self._fired_count


class CallLaterDrift(AsyncOperation):
    def __init__(self, _case: Case) -> None:
        super().__init__()
        self._fired_count = 0
        self._left_count = 0

    def _fire(self, loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
        self._fired_count += 1
        self._left_count -= 1
        if self._left_count > 0:
            loop.call_later(ROUND_SEC, self._fire, loop, over)
        else:
            over.set()

    async def _run(self, count: int, stretch: Stretch) -> None:
        self._left_count = count
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        with stretch:
            loop.call_later(ROUND_SEC, self._fire, loop, over)
            await over.wait()

    def count_done(self) -> int:
        return self._fired_count


VARIANTS = {"thread-timer": ThreadTimerDrift, "call-later": CallLaterDrift}
