"""POST /cluster/leader/crash, with the two conditions of the published experiment: the contract, section 9."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from raft.core.config import majority_of
from raft.core.generator import advance, mix, seed_of
from raft.host.clock import now_us
from raft.host.cluster import Cluster, CrashAnswer, Member
from raft.host.config import Config
from raft.host.mail import Beat, LagBehind
from raft.host.problems import conflict, no_leader, outcome_unknown
from raft.host.store import FILLER_COMMAND

POLL_SEC = 0.001


class CrashOrder(NamedTuple):
    # Heartbeats reach every follower just before.
    synchronise: bool = False
    # So many followers have a shorter log and cannot win.
    laggards: int = 0


class LeaderCrash:
    def __init__(self, config: Config, cluster: Cluster) -> None:
        self._config = config
        self._cluster = cluster
        self._random = seed_of(config.seed, 0, 0)
        self._is_under_way = False

    async def crash(self, order: CrashOrder) -> CrashAnswer:
        leader = self._cluster.leader_or_refuse()
        if self._is_under_way:
            raise conflict("another crash of the leader is under way")
        self._is_under_way = True
        try:
            return await self._crash(leader, order)
        finally:
            self._is_under_way = False

    async def _crash(self, leader: Member, order: CrashOrder) -> CrashAnswer:
        self._reject_impossible(order)
        laggards = self._draw_laggards(leader, order.laggards)
        try:
            if laggards:
                await self._make_logs_differ(leader, laggards)
            delay_us = self._draw(self._config.heartbeat_us)
            # The append that made the logs differ has reset the timers: a heartbeat must come between it and the crash.
            await _sleep((self._config.heartbeat_us if laggards else 0) + delay_us)
            if self._cluster.leader is not leader:
                raise no_leader()
            if order.synchronise:
                await self._synchronise(leader)
            return await self._cluster.crash(leader, delay_us)
        finally:
            for laggard in laggards:
                laggard.slot.post(LagBehind(0))

    def _reject_impossible(self, order: CrashOrder) -> None:
        if order.laggards == 0:
            return
        is_whole = all(member.status == "live" for member in self._cluster.members)
        size = self._config.cluster_size
        if not is_whole or order.laggards > size - majority_of(size):
            raise conflict("laggards take a minority of a cluster whose nodes are all live")

    def _draw(self, below: int) -> int:
        self._random = advance(self._random)
        return mix(self._random) % below

    def _draw_laggards(self, leader: Member, count: int) -> list[Member]:
        followers = [member for member in self._cluster.members if member is not leader]
        return [followers.pop(self._draw(len(followers))) for _ in range(count)]

    async def _make_logs_differ(self, leader: Member, laggards: Sequence[Member]) -> None:
        for laggard in laggards:
            laggard.slot.post(LagBehind(leader.id))
        index = (await self._cluster.propose(leader, FILLER_COMMAND)).log_index
        others = [member for member in self._cluster.members if member not in laggards]
        await self._until(lambda: all(_has(member, index) for member in others))

    async def _until(self, is_so: Callable[[], bool]) -> None:
        end_us = now_us() + self._config.request_timeout_ms * 1000
        while not is_so():
            if now_us() > end_us:
                raise outcome_unknown("the logs did not come to differ in time")
            await asyncio.sleep(POLL_SEC)

    async def _synchronise(self, leader: Member) -> None:
        """Waits for the broadcast to be taken by every live follower, a heartbeat at the longest."""
        sent_us = now_us()
        leader.slot.post(Beat())
        followers = [member for member in self._cluster.members if member is not leader and member.status == "live"]
        await _spin_until(lambda: all(_heard(one, sent_us) for one in followers), sent_us + self._config.heartbeat_us)


def _has(member: Member, index: int) -> bool:
    summary = member.summary
    return summary is not None and summary.last_log_index >= index


def _heard(member: Member, sent_us: int) -> bool:
    runner = member.slot.runner
    return runner is None or runner.append_sent_us >= sent_us


async def _sleep(sleep_us: int) -> None:
    """Timers take whole milliseconds: the rest in turns of the event loop."""
    end_us = now_us() + sleep_us
    whole_ms = sleep_us // 1000
    if whole_ms > 1:
        await asyncio.sleep((whole_ms - 1) / 1000)
    await _spin_until(lambda: False, end_us)


async def _spin_until(is_so: Callable[[], bool], end_us: int) -> None:
    while not is_so() and now_us() < end_us:  # noqa: ASYNC110 (what is waited for may happen in a thread)
        await asyncio.sleep(0)
