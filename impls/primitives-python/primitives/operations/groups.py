"""A wait group: units that each count and report done, and one that waits for all."""

import asyncio
from threading import Thread

from primitives.case import Case
from primitives.operation import AsyncOperation, Operation
from primitives.stretch import Stretch
from primitives.wait_group import WaitGroup


class ConditionGroup(Operation):
    """The seed's own. Each unit has a counter to itself, so that no second lock is needed."""

    def __init__(self, case: Case) -> None:
        self._counters = [0] * case.size

    def run(self, count: int, stretch: Stretch) -> None:
        size = len(self._counters)
        with stretch:
            for _ in range(count):
                group = WaitGroup()
                group.add(size)
                for unit in range(size):
                    Thread(target=self._unit, args=(unit, group)).start()
                group.wait()

    def _unit(self, unit: int, group: WaitGroup) -> None:
        self._counters[unit] += 1
        group.done()

    def end(self) -> int:
        return sum(self._counters) // len(self._counters)


class Gather(AsyncOperation):
    def __init__(self, case: Case) -> None:
        super().__init__()
        self._size = case.size
        self._counter = 0

    async def _run(self, count: int, stretch: Stretch) -> None:
        with stretch:
            for _ in range(count):
                await asyncio.gather(*[self._unit() for _ in range(self._size)])

    async def _unit(self) -> None:
        self._counter += 1

    def count_done(self) -> int:
        return self._counter // self._size


VARIANTS = {"condition": ConditionGroup, "gather": Gather}
