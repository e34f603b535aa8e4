"""A contended lock: long-lived contenders, each with its share, add to one plain counter."""

import asyncio
from queue import SimpleQueue
from threading import Lock, Thread

from primitives.case import Case
from primitives.operation import AsyncOperation, Operation, shares_of
from primitives.stretch import Stretch


class ThreadLock(Operation):
    def __init__(self, case: Case) -> None:
        self._lock = Lock()
        self._counter = 0
        self._shares: list[SimpleQueue[int]] = [SimpleQueue() for _ in range(case.size)]
        self._reports: SimpleQueue[None] = SimpleQueue()
        for shares in self._shares:
            Thread(target=self._contend, args=(shares,), daemon=True).start()

    def _contend(self, shares: SimpleQueue[int]) -> None:
        lock = self._lock
        while True:
            for _ in range(shares.get()):
                with lock:
                    self._counter += 1
            self._reports.put(None)

    def run(self, count: int, stretch: Stretch) -> None:
        shares = shares_of(count, len(self._shares))
        with stretch:
            for contender, share in zip(self._shares, shares, strict=True):
                contender.put(share)
            for _ in shares:
                self._reports.get()

    def end(self) -> int:
        return self._counter


class AsyncLock(AsyncOperation):
    def __init__(self, case: Case) -> None:
        super().__init__()
        self._lock = asyncio.Lock()
        self._counter = 0
        self._shares: list[asyncio.Queue[int]] = [asyncio.Queue() for _ in range(case.size)]
        self._reports: asyncio.Queue[None] = asyncio.Queue()
        loop = self._runner.get_loop()
        self._contenders = [loop.create_task(self._contend(shares)) for shares in self._shares]

    async def _contend(self, shares: asyncio.Queue[int]) -> None:
        lock = self._lock
        while True:
            for _ in range(await shares.get()):
                async with lock:
                    counter = self._counter
                    await asyncio.sleep(0)  # the others get their turn, and must wait for the lock
                    self._counter = counter + 1
            await self._reports.put(None)

    async def _run(self, count: int, stretch: Stretch) -> None:
        shares = shares_of(count, len(self._shares))
        with stretch:
            for contender, share in zip(self._shares, shares, strict=True):
                await contender.put(share)
            for _ in shares:
                await self._reports.get()

    def count_done(self) -> int:
        return self._counter


VARIANTS = {"thread-lock": ThreadLock, "asyncio-lock": AsyncLock}
