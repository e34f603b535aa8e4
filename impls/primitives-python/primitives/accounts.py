"""What this process and its children spend and are: CPU time, threads, processes. From /proc, where there is one."""

import os
import resource
import time
from pathlib import Path

NS_PER_SEC = 1_000_000_000


def children_pids() -> list[int]:
    """Direct children that are alive. Those of this runner have no children of their own."""
    try:
        lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    except OSError:
        return []
    return [int(pid) for text in lists for pid in text.split()]


def cpu_ns() -> int:
    """CPU time so far of this process and of its children that have ended, user and system."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time_ns() + round((ended.ru_utime + ended.ru_stime) * NS_PER_SEC)


def living_children_cpu_ns() -> dict[int, int]:
    """CPU time so far of each child that is alive, by the process's own clock."""
    clocks = {pid: (~pid << 3) | 2 for pid in children_pids()}  # clock_getcpuclockid(3), which Python does not have
    readings = {pid: _read_clock(clock) for pid, clock in clocks.items()}
    return {pid: reading for pid, reading in readings.items() if reading is not None}


def thread_count(pids: list[int] | None = None) -> int | None:
    """OS threads of this process and of the children given; None where the system does not report it."""
    counts = [_thread_count(str(pid)) for pid in ["self", *(pids or [])]]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _thread_count(pid: str) -> int | None:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))  # noqa: PTH208 (names alone: no Path for each)
    except OSError:
        return None


def _read_clock(clock: int) -> int | None:
    try:
        return time.clock_gettime_ns(clock)
    except OSError:
        return None  # it has just ended
