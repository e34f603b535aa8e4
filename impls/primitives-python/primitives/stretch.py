"""A stretch of measured time."""

import time
from types import TracebackType
from typing import Self

from primitives.accounts import cpu_ns, living_children_cpu_ns


class Stretch:
    """`with stretch:` measures what it holds; several times add up. Children that live on are asked outside it."""

    def __init__(self) -> None:
        self.wall_ns = 0
        self.cpu_ns = 0
        self._children_cpu_ns: dict[int, int] = {}
        self._cpu_since_ns = 0
        self._wall_since_ns = 0

    def __enter__(self) -> Self:
        self._children_cpu_ns = living_children_cpu_ns()
        self._cpu_since_ns = cpu_ns()
        self._wall_since_ns = time.perf_counter_ns()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wall_ns += time.perf_counter_ns() - self._wall_since_ns
        self.cpu_ns += cpu_ns() - self._cpu_since_ns
        self.cpu_ns += sum(living_children_cpu_ns().values()) - sum(self._children_cpu_ns.values())
