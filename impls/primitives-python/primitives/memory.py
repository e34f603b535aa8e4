"""The kind memory: things are made, rest while the harness reads how much they hold, and are counted."""

import asyncio
import gc
import threading
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

from primitives.accounts import children_pids, thread_count
from primitives.case import Case
from primitives.children import wait_for_signal
from primitives.lifeline import Lifeline
from primitives.protocol import Line, say
from primitives.variables import KINDS, count_right

Rest = Callable[[int], None]  # called with the number of things made; returns when they may go


def hold_memory(case: Case, lifeline: Lifeline) -> None:
    def rest(made_count: int) -> None:
        gc.collect()
        pids = children_pids()
        ready: Line = {"type": "ready", "doneCount": made_count, "osThreadCount": thread_count(pids)}
        say(ready | {"processCount": 1 + len(pids)})
        lifeline.wait_for_line()

    done_count = _holders(case)(case.size, rest)
    check = {"askedCount": case.size, "doneCount": done_count, "hash": None}
    named: Line = {"type": "memory", "primitive": case.primitive, "variant": case.variant, "size": case.size}
    say(named | {"check": check})


def _holders(case: Case) -> Callable[[int, Rest], int]:
    if case.primitive == "memory-variables":
        return lambda size, rest: hold_variables(case.variant, size, rest)
    return {"task": hold_tasks, "thread": hold_threads, "process": hold_processes}[case.variant]


def hold_variables(kind: str, size: int, rest: Rest) -> int:
    make, is_right = KINDS[kind]
    variables: list[Any] = make(size)
    rest(len(variables))
    return count_right(variables, is_right)


def hold_tasks(size: int, rest: Rest) -> int:
    return asyncio.run(_hold_tasks(size, rest))


async def _hold_tasks(size: int, rest: Rest) -> int:
    started = counted = 0
    signal = asyncio.Event()

    async def unit() -> None:
        nonlocal started, counted
        started += 1
        await signal.wait()
        counted += 1

    tasks = [asyncio.create_task(unit()) for _ in range(size)]
    await asyncio.sleep(0)  # one turn of the loop: each task runs until it waits
    rest(started)  # the loop stands still meanwhile: it has nothing to do
    signal.set()
    for task in tasks:
        await task
    return counted


def hold_threads(size: int, rest: Rest) -> int:
    signal = threading.Event()
    started = threading.Semaphore(0)
    counted: list[int] = []  # append is one step for all threads

    def unit() -> None:
        started.release()
        signal.wait()
        counted.append(1)

    threads = [threading.Thread(target=unit, daemon=True) for _ in range(size)]
    for thread in threads:
        thread.start()
    for _ in threads:
        started.acquire()
    rest(size)
    signal.set()
    for thread in threads:
        thread.join()
    return len(counted)


def hold_processes(size: int, rest: Rest) -> int:
    context = get_context("spawn")
    signal, started, counted = context.Event(), context.Semaphore(0), context.Semaphore(0)
    processes = [
        context.Process(target=wait_for_signal, args=(signal, started, counted), daemon=True) for _ in range(size)
    ]
    for process in processes:
        process.start()
    for _ in processes:
        started.acquire()
    rest(size)
    signal.set()
    for process in processes:
        process.join()
    return sum(counted.acquire(block=False) for _ in processes)
