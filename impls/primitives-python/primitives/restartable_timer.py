"""The second seed's restartable timer: every start makes a new threading.Timer, a thread of its own."""

import threading
from collections.abc import Callable


class RestartableTimer:
    def __init__(self, interval_sec: float, callback: Callable[[], None]) -> None:
        self._interval_sec = interval_sec
        self._callback = callback
        self._timer: threading.Timer | None = None
        self.started_count = 0

    def start(self) -> None:
        self.started_count += 1
        self._timer = threading.Timer(self._interval_sec, self._callback)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def restart(self, interval_sec: float | None = None) -> None:
        self.stop()
        if interval_sec is not None:
            self._interval_sec = interval_sec
        self.start()
