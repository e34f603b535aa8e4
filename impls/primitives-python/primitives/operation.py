"""What every operation is to the one who times it."""

import asyncio
from abc import ABC, abstractmethod

from primitives.stretch import Stretch


class Operation(ABC):
    """Its units that live on are made by the constructor."""

    # Of what was sorted last; None for all others.
    hash: str | None = None

    @abstractmethod
    def run(self, count: int, stretch: Stretch) -> None:
        """Does so many operations back to back inside the stretch."""

    @abstractmethod
    def end(self) -> int:
        """Lets its units go; returns how many operations have left their trace."""


class AsyncOperation(Operation):
    """Has an event loop of its own, so that its tasks live from one run to the next."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, count: int, stretch: Stretch) -> None:
        self._runner.run(self._run(count, stretch))

    def end(self) -> int:
        self._runner.close()
        return self.count_done()

    @abstractmethod
    async def _run(self, count: int, stretch: Stretch) -> None: ...

    @abstractmethod
    def count_done(self) -> int: ...


class EmptyLoop(Operation):
    """The loop that is around every operation."""

    def run(self, count: int, stretch: Stretch) -> None:
        with stretch:
            for _ in range(count):
                pass

    def end(self) -> int:
        return 0


def share_of(total: int, units_count: int, unit: int) -> int:
    """As even as whole numbers allow: all shares together are the total."""
    return total // units_count + (unit < total % units_count)


def shares_of(total: int, units_count: int) -> list[int]:
    return [share_of(total, units_count, unit) for unit in range(units_count)]
