"""Threads that are made to change places at every turn, under crashes: the fence must hold."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from clusters import is_settled, leader_of, patiently, running, until

from raft.core.messages import Entry
from raft.host.cluster import Cluster
from raft.host.log_file import open_log
from raft.host.problems import Problem
from raft_threads.threads import ThreadSpawn

ROUNDS = 12
WRITERS = 8


@pytest.fixture(autouse=True)
def _restless() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class Writers:
    """Clients that put one value after the other until the test ends them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._is_over = False
        self.acknowledged: dict[str, str] = {}

    async def write(self, number: int) -> None:
        sequence = 0
        while not self._is_over:
            sequence += 1
            key, value = f"{number}-{sequence}", f"{number}.{sequence}"
            try:
                await self._cluster.put(key, value)
            except Problem:
                await asyncio.sleep(0.005)
            else:
                self.acknowledged[key] = value

    async def progress(self) -> None:
        enough = len(self.acknowledged) + WRITERS
        await until(lambda: len(self.acknowledged) >= enough)

    def end(self) -> None:
        self._is_over = True


async def trouble(cluster: Cluster, writers: Writers) -> None:
    """Crashes leaders, isolates them, restarts and heals, while clients write."""
    for number in range(ROUNDS):
        await writers.progress()
        leader = await leader_of(cluster)
        if number % 3 == 2:
            cluster.isolate(leader, is_isolated=True)
        else:
            await cluster.crash(leader)
            # At once: the fenced thread may still be at it.
            await cluster.restart(leader)
        await asyncio.sleep(0.02)
        await leader_of(cluster)
        if leader.status == "isolated":
            cluster.isolate(leader, is_isolated=False)


def persisted(folder: Path) -> list[list[Entry]]:
    logs = [open_log(str(folder), node_id).recovered for node_id in (1, 2, 3)]
    assert [log.dropped_bytes for log in logs] == [0, 0, 0]
    return [log.entries for log in logs]


@pytest.mark.parametrize("durability", ["file", "fsync"])
def test_nothing_acknowledged_is_lost_and_no_thread_is_left(tmp_path: Path, durability: str) -> None:
    async def run() -> None:
        async with running(ThreadSpawn, tmp_path, DURABILITY=durability) as cluster:
            writers = Writers(cluster)
            tasks = [asyncio.create_task(writers.write(number)) for number in range(WRITERS)]
            await trouble(cluster, writers)
            writers.end()
            await asyncio.gather(*tasks)
            for key, value in writers.acknowledged.items():
                assert (await patiently(partial(cluster.get, key))).value == value
            await until(lambda: is_settled(cluster))

    asyncio.run(run())
    first, second, third = persisted(tmp_path)
    assert first == second == third
    assert [one.name for one in threading.enumerate() if one.name.startswith("node-") and not _ends(one)] == []


def _ends(thread: threading.Thread) -> bool:
    thread.join(10)
    return not thread.is_alive()
