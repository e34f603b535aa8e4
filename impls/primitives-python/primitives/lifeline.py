"""Standard input: its lines are signals, its end means that the harness is gone."""

import contextlib
import multiprocessing
import os
import signal
import threading
from types import FrameType
from typing import NoReturn

STANDARD_INPUT = 0
READ_BYTES = 4_096
EXIT_ABANDONED = 1
EXIT_TERMINATED = 143


class Lifeline:
    """Ends this process and its children when standard input ends, or at SIGTERM."""

    def __init__(self) -> None:
        # Set once the result is out: the rest need not be waited for.
        self.is_over = False
        self._line = threading.Event()
        signal.signal(signal.SIGTERM, _end_at_signal)
        threading.Thread(target=self._follow, name="lifeline", daemon=True).start()

    def wait_for_line(self) -> None:
        self._line.wait()

    def _follow(self) -> None:
        while os.read(STANDARD_INPUT, READ_BYTES):  # not sys.stdin: its lock would outlive the interpreter
            self._line.set()
        end_at_once(0 if self.is_over else EXIT_ABANDONED)


def end_at_once(code: int) -> NoReturn:
    """No clean-up: it could wait for what never comes. Children are ended first."""
    for child in multiprocessing.active_children():
        with contextlib.suppress(OSError, ValueError):
            child.kill()
    os._exit(code)


def _end_at_signal(_number: int, _frame: FrameType | None) -> None:
    end_at_once(EXIT_TERMINATED)
