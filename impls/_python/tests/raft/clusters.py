"""Clusters in this process, for tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from raft.host.cluster import Cluster, Member
from raft.host.config import load_config
from raft.host.problems import Problem
from raft.host.program import MakeSpawn

T = TypeVar("T")
PATIENCE_SEC = 10
SETTINGS = {
    "HOST": "127.0.0.1",
    "PORT": "1",
    "ELECTION_TIMEOUT_MIN_MS": "120",
    "ELECTION_TIMEOUT_MAX_MS": "240",
    "HEARTBEAT_MS": "20",
}


@asynccontextmanager
async def running(make_spawn: MakeSpawn, folder: Path, **settings: str) -> AsyncIterator[Cluster]:
    config = load_config({**SETTINGS, "DATA_DIR": str(folder), **settings}, 301)
    with ThreadPoolExecutor() as executor:
        cluster = Cluster(config, make_spawn(config, executor))
        cluster.start()
        try:
            yield cluster
        finally:
            await cluster.stop()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SEC):
        while not is_so():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def leader_of(cluster: Cluster) -> Member:
    await until(lambda: cluster.leader is not None)
    return cluster.leader_or_refuse()


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """A busy machine may cost any leader its office: tries until it is not refused."""
    async with asyncio.timeout(PATIENCE_SEC):
        while True:
            try:
                return await attempt()
            except Problem:
                await asyncio.sleep(0.005)


def is_settled(cluster: Cluster) -> bool:
    """Every node has committed all of the longest log."""
    summaries = [member.summary for member in cluster.members]
    ends = {one and (one.term, one.leader, one.commit_index, one.last_log_index) for one in summaries}
    return len(ends) == 1 and all(one and one.commit_index == one.last_log_index for one in summaries)
