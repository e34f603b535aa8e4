"""CLOCK_MONOTONIC: the one clock of all nodes and threads."""

import time


def now_us() -> int:
    return time.monotonic_ns() // 1000
