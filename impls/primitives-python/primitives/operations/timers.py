"""Restart of a running timer, as an election timer is at each heartbeat."""

import asyncio
import time

from primitives.case import Case
from primitives.operation import AsyncOperation, Operation
from primitives.restartable_timer import RestartableTimer
from primitives.stretch import Stretch

ELECTION_TIMEOUT_SEC = 1.0
LAST_TIMEOUT_SEC = 0.001
FIRES_WITHIN_SEC = 10.0

# A loop that never gets its turn never throws cancelled timers away: so that this is part of the cost, it gets one
# after each so many restarts.
RESTARTS_PER_TURN = 64


class ThreadTimer(Operation):
    def __init__(self, _case: Case) -> None:
        self._fired_count = 0
        self._timer = RestartableTimer(ELECTION_TIMEOUT_SEC, self._fire)
        self._timer.start()

    def _fire(self) -> None:
        self._fired_count += 1

    def run(self, count: int, stretch: Stretch) -> None:
        timer = self._timer
        timer.restart()
        with stretch:
            for _ in range(count):
                timer.restart()
        self._timer.started_count -= 1  # the one before the stretch

    def end(self) -> int:
        done_count = self._timer.started_count - 1
        reject_fires(self._fired_count)
        self._timer.restart(LAST_TIMEOUT_SEC)
        deadline = time.monotonic() + FIRES_WITHIN_SEC
        while self._fired_count == 0 and time.monotonic() < deadline:
            time.sleep(LAST_TIMEOUT_SEC)
        expect_one_fire(self._fired_count)
        return done_count


class CallLater(AsyncOperation):
    def __init__(self, _case: Case) -> None:
        super().__init__()
        self._fired_count = 0
        self._restarted_count = 0
        self._handle: asyncio.TimerHandle | None = None
        self._fired = asyncio.Event()

    def _fire(self) -> None:
        self._fired_count += 1
        self._fired.set()

    def _restart(self, loop: asyncio.AbstractEventLoop, timeout_sec: float) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = loop.call_later(timeout_sec, self._fire)

    async def _run(self, count: int, stretch: Stretch) -> None:
        loop = asyncio.get_running_loop()
        self._restart(loop, ELECTION_TIMEOUT_SEC)
        with stretch:
            for index in range(count):
                self._restart(loop, ELECTION_TIMEOUT_SEC)
                self._restarted_count += 1
                if index % RESTARTS_PER_TURN == 0:
                    await asyncio.sleep(0)
        reject_fires(self._fired_count)
        if self._handle is not None:
            self._handle.cancel()  # the loop stands still between two runs

    def end(self) -> int:
        self._runner.run(self._fire_once())
        return super().end()

    async def _fire_once(self) -> None:
        self._restart(asyncio.get_running_loop(), LAST_TIMEOUT_SEC)
        async with asyncio.timeout(FIRES_WITHIN_SEC):
            await self._fired.wait()
        expect_one_fire(self._fired_count)

    def count_done(self) -> int:
        return self._restarted_count


def reject_fires(fired_count: int) -> None:
    if fired_count > 0:
        raise ArithmeticError(f"the timer fired {fired_count} times while it was restarted")


def expect_one_fire(fired_count: int) -> None:
    if fired_count != 1:
        raise ArithmeticError(f"the timer fired {fired_count} times after its last start")


VARIANTS = {"thread-timer": ThreadTimer, "call-later": CallLater}
