"""A few processes that share a listening socket, and the one that looks after them.

Not uvicorn's own supervisor: it spawns, so that each process loads every module into memory of its own, its children
outlive it when it is killed, and they end by the signal instead of with status 0.
"""

import logging
import os
import signal
import time
import traceback
from collections.abc import Callable
from types import FrameType

logger = logging.getLogger(__name__)

HANDLED_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
RESTART_DELAY_SEC = 1.0
# The children stop by themselves in 7 s at most; one that does not is killed before the contract's 10 s are over.
KILL_AFTER_SEC = 9


class Supervisor:
    """Runs work in so many child processes, and anew where one ends unasked."""

    def __init__(self, processes_count: int, work: Callable[[], None]) -> None:
        self._processes_count = processes_count
        self._work = work
        self._children: set[int] = set()
        self._stopping = False

    def run(self) -> int:
        """The exit status, once a signal has ended it all."""
        for number in HANDLED_SIGNALS:
            signal.signal(number, self._handle_signal)
        for _ in range(self._processes_count):
            self._start_child()
        while self._children:
            pid, status = os.wait()
            self._children.discard(pid)
            if not self._stopping:
                logger.error("process %d ended with %d", pid, os.waitstatus_to_exitcode(status))
                time.sleep(RESTART_DELAY_SEC)
                self._start_child()
        return 0

    def _start_child(self) -> None:
        # Blocked, so that no signal falls between the fork and the child's entry in the list.
        signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED_SIGNALS)
        if not self._stopping:
            pid = os.fork()
            if pid == 0:
                self._be_child()
            self._children.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED_SIGNALS)

    def _be_child(self) -> None:
        status = 1
        try:
            for number in HANDLED_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED_SIGNALS)
            self._work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # Not sys.exit(): what the parent has registered for its exit is not the child's to do.
            os._exit(status)

    def _handle_signal(self, number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        if number != signal.SIGALRM:
            signal.alarm(KILL_AFTER_SEC)
        for pid in self._children:
            os.kill(pid, signal.SIGKILL if number == signal.SIGALRM else signal.SIGTERM)
