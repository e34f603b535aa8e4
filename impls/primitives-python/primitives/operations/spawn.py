"""Spawn and join: one unit after another, each adds 1 to a counter."""

import asyncio
from multiprocessing import get_context
from threading import Thread

from primitives.case import Case
from primitives.children import count_one
from primitives.operation import AsyncOperation, Operation
from primitives.stretch import Stretch


class SpawnTask(AsyncOperation):
    def __init__(self, _case: Case) -> None:
        super().__init__()
        self._counter = 0

    async def _run(self, count: int, stretch: Stretch) -> None:
        with stretch:
            for _ in range(count):
                await asyncio.create_task(self._unit())

    async def _unit(self) -> None:
        self._counter += 1

    def count_done(self) -> int:
        return self._counter


class SpawnThread(Operation):
    def __init__(self, _case: Case) -> None:
        self._counter = 0

    def run(self, count: int, stretch: Stretch) -> None:
        with stretch:
            for _ in range(count):
                thread = Thread(target=self._unit)
                thread.start()
                thread.join()

    def _unit(self) -> None:
        self._counter += 1

    def end(self) -> int:
        return self._counter


class SpawnProcess(Operation):
    """The counter is a semaphore: a number that processes share, and nothing more."""

    def __init__(self, _case: Case) -> None:
        self._context = get_context("spawn")
        self._counter = self._context.Semaphore(0)

    def run(self, count: int, stretch: Stretch) -> None:
        with stretch:
            for _ in range(count):
                process = self._context.Process(target=count_one, args=(self._counter,), daemon=True)
                process.start()
                process.join()

    def end(self) -> int:
        done_count = 0
        while self._counter.acquire(block=False):
            done_count += 1
        return done_count


VARIANTS = {"task": SpawnTask, "thread": SpawnThread, "process": SpawnProcess}
