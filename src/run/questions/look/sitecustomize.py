"""Imported by each CPython that is looked at: a line on standard error for each collection."""

import gc
import json
import os
import time

_started_ns = 0


def _look(phase: str, info: dict[str, int]) -> None:
    global _started_ns
    if phase == "start":
        _started_ns = time.perf_counter_ns()
        return
    pause_ms = (time.perf_counter_ns() - _started_ns) / 1e6
    line = {"kind": f"generation {info['generation']}", "pauseMs": pause_ms, "allocatedBytes": None}
    os.write(2, f"paceline-gc {json.dumps(line)}\n".encode())


gc.callbacks.append(_look)
