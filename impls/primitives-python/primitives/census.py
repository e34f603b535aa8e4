"""How many threads and processes take part, counted while they do."""

import threading
from types import TracebackType
from typing import Self

from primitives.accounts import children_pids, thread_count

INTERVAL_SEC = 0.005


class Census:
    """`with Census(…)` around operations that are not timed: looks now and then, from a thread it does not count."""

    def __init__(self, *, with_children: bool) -> None:
        self.threads_count: int | None = None
        self.processes_count = 1
        self._with_children = with_children
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="census", daemon=True)

    def __enter__(self) -> Self:
        self._look(uncounted=0)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL_SEC):
            self._look(uncounted=1)

    def _look(self, *, uncounted: int) -> None:
        pids = children_pids() if self._with_children else []
        self.processes_count = max(self.processes_count, 1 + len(pids))
        threads_count = thread_count(pids)
        if threads_count is not None:
            self.threads_count = max(self.threads_count or 0, threads_count - uncounted)
