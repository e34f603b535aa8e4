"""What both hosts do alike, on real clusters."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from clusters import is_settled, leader_of, patiently, running, until

from raft.host import log_file
from raft.host.clock import now_us
from raft.host.config import load_config
from raft.host.leader_crash import CrashOrder, LeaderCrash
from raft.host.problems import Problem
from raft.host.program import MakeSpawn
from raft_asyncio.tasks import TaskSpawn
from raft_threads.threads import ThreadSpawn

both = pytest.mark.parametrize("make_spawn", [TaskSpawn, ThreadSpawn], ids=["tasks", "threads"])


@both
@pytest.mark.parametrize("durability", ["file", "fsync"])
def test_what_was_acknowledged_outlives_its_leader(make_spawn: MakeSpawn, durability: str, tmp_path: Path) -> None:
    async def run() -> None:
        async with running(make_spawn, tmp_path, DURABILITY=durability) as cluster:
            await asyncio.gather(*(patiently(partial(cluster.put, f"k{i}", str(i))) for i in range(200)))
            # Asked for now: on a busy machine the first leader may have lost its office while it wrote.
            leader = await leader_of(cluster)
            crash = await cluster.crash(leader)
            assert (crash.id, crash.was_leader) == (leader.id, True)
            await until(lambda: cluster.elections.after(0)[0].success is not None)
            values = await asyncio.gather(*(patiently(partial(cluster.get, f"k{i}")) for i in range(200)))
            assert [answer.value for answer in values] == [str(i) for i in range(200)]
            assert (await cluster.restart(leader)).last_log_index >= 200

    asyncio.run(run())


@both
def test_a_torn_log_is_cut_at_the_restart_and_reported(
    make_spawn: MakeSpawn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with running(make_spawn, tmp_path) as cluster:
            await leader_of(cluster)
            await patiently(partial(cluster.put, "k", "v"))
            member = cluster.members[1]
            await cluster.crash(member)
            with (tmp_path / "node-2.log").open("ab") as file:
                file.write(b"torn")
            assert (await cluster.restart(member)).dropped_bytes == 4

    asyncio.run(run())
    assert "node 2: its log ended torn or corrupt" in caplog.text
    assert "entries kept, 4 bytes dropped" in caplog.text


@both
def test_an_isolated_leader_acknowledges_nothing_and_follows_when_healed(make_spawn: MakeSpawn, tmp_path: Path) -> None:
    async def run() -> None:
        async with running(make_spawn, tmp_path) as cluster:
            first = await leader_of(cluster)
            lost = asyncio.ensure_future(cluster.propose(first, "k=lost"))
            cluster.isolate(first, is_isolated=True)
            await leader_of(cluster)
            await patiently(partial(cluster.put, "k", "kept"))
            with pytest.raises(Problem, match="lost its office"):
                await lost
            cluster.isolate(first, is_isolated=False)
            await until(lambda: first.summary is not None and first.summary.leader not in (0, first.id))
            assert (await patiently(partial(cluster.get, "k"))).value == "kept"

    asyncio.run(run())


@both
def test_a_node_that_cannot_write_its_log_crashes_and_says_so(
    make_spawn: MakeSpawn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_fd: int, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    async def run() -> None:
        async with running(make_spawn, tmp_path) as cluster:
            leader = await leader_of(cluster)
            monkeypatch.setattr(log_file, "_write_all", refuse)
            with pytest.raises(Problem, match="the leader crashed"):
                await cluster.put("k", "v")
            assert leader.status == "crashed"
            monkeypatch.undo()
            await cluster.restart(leader)

    asyncio.run(run())
    assert "its log cannot be written: [Errno 28] No space left on device" in caplog.text


@both
def test_messages_take_the_network_delay_at_least(make_spawn: MakeSpawn, tmp_path: Path) -> None:
    async def run() -> None:
        async with running(make_spawn, tmp_path, NETWORK_DELAY_US="1700") as cluster:
            await leader_of(cluster)
            await patiently(partial(cluster.put, "k", "v"))
            delays = cluster.view().delays
            assert delays is not None
            assert delays.min_us >= 1700

    asyncio.run(run())


@both
def test_laggards_never_win_the_election_they_were_made_for(make_spawn: MakeSpawn, tmp_path: Path) -> None:
    settings = {"CLUSTER_SIZE": "5", "SEED": "3"}
    config = load_config({"HOST": "h", "PORT": "1", "DATA_DIR": "d", **settings}, 5)

    async def run() -> None:
        async with running(make_spawn, tmp_path, **settings) as cluster:
            crash = LeaderCrash(config, cluster)
            for _ in range(3):
                await until(lambda: is_settled(cluster))
                before_us = now_us()
                answer = await patiently(partial(crash.crash, CrashOrder(synchronise=True, laggards=2)))
                assert answer.crashed_at_us - before_us >= config.heartbeat_us + answer.delay_us
                lengths = {one.id: one.summary.last_log_index for one in cluster.members if one.summary is not None}
                assert len(set(lengths.values())) == 2
                await until(lambda: cluster.elections.after(0)[-1].success is not None)
                success = cluster.elections.after(0)[-1].success
                assert success is not None
                assert lengths[success.leader] == max(lengths.values())
                await cluster.restart(cluster.members[answer.id - 1])

    asyncio.run(run())


@both
def test_a_leader_without_a_majority_is_none_after_a_while(make_spawn: MakeSpawn, tmp_path: Path) -> None:
    async def run() -> None:
        async with running(make_spawn, tmp_path) as cluster:
            leader = await leader_of(cluster)
            for member in cluster.members:
                if member is not leader:
                    await cluster.crash(member)
            await until(lambda: cluster.leader is None)
            with pytest.raises(Problem, match="no leader"):
                await cluster.put("k", "v")
            assert [election.number for election in cluster.elections.after(0)] == []

    asyncio.run(run())


@both
def test_a_cluster_of_one_needs_no_other_node(make_spawn: MakeSpawn, tmp_path: Path) -> None:
    async def run() -> None:
        async with running(make_spawn, tmp_path, CLUSTER_SIZE="1") as cluster:
            await leader_of(cluster)
            await cluster.put("k", "v")
            assert (await cluster.get("k")).value == "v"

    asyncio.run(run())
