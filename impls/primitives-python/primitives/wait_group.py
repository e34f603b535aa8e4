"""The second seed's wait group, written with its condition as a context manager."""

import threading


class WaitGroup:
    """A counter and a condition: wait returns when as many have called done as were added."""

    def __init__(self) -> None:
        self._count = 0
        self._condition = threading.Condition()

    def add(self, count: int) -> None:
        with self._condition:
            self._count += count

    def done(self) -> None:
        with self._condition:
            self._count -= 1
            if self._count == 0:
                self._condition.notify_all()

    def wait(self) -> None:
        with self._condition:
            while self._count > 0:
                self._condition.wait()
