"""The nodes of one program, as its clients see them: what carries them is the caller's concern."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple

from raft.core.view import Summary
from raft.host.clock import now_us
from raft.host.config import Config
from raft.host.delays import DelaySummary, summarize
from raft.host.elections import Crash, ElectionLog
from raft.host.log_file import ForeignFile
from raft.host.mail import Answer, RoleReport
from raft.host.problems import Problem, conflict, no_leader
from raft.host.requests import Requests
from raft.host.slot import Events, Slot, Spawn, Started
from raft.host.store import put_command

logger = logging.getLogger(__name__)

Status = Literal["live", "isolated", "crashed"]


@dataclass(slots=True, eq=False)
class Member:
    id: int
    slot: Slot
    status: Status = "crashed"
    incarnation: int = 0
    # The last that the node reported.
    report: RoleReport | None = None
    # A crash or restart is under way.
    is_changing: bool = False

    @property
    def summary(self) -> Summary | None:
        runner = None if self.status == "crashed" else self.slot.runner
        return None if runner is None else runner.summary


class CrashAnswer(NamedTuple):
    id: int
    was_leader: bool
    term: int
    delay_us: int
    crashed_at_us: int


class RestartAnswer(NamedTuple):
    id: int
    incarnation: int
    restarted_at_us: int
    term: int
    last_log_index: int
    dropped_bytes: int


class ClusterView(NamedTuple):
    """What GET /cluster answers; a summary of None: the node is crashed."""

    leader: int | None
    term: int
    now_us: int
    delays: DelaySummary | None
    nodes: Sequence[tuple[Member, Summary | None]]


class Cluster:
    def __init__(self, config: Config, spawn: Spawn) -> None:
        self.elections = ElectionLog()
        self._requests = Requests(config.request_timeout_ms)
        self.members = [self._member(node_id, spawn) for node_id in range(1, config.cluster_size + 1)]

    def _member(self, node_id: int, spawn: Spawn) -> Member:
        def role_changed(report: RoleReport) -> None:
            member.report = report
            logger.info("node %d is %s in term %d, leader %d", node_id, report.role, report.term, report.leader)
            self.elections.reported(node_id, report)

        def failed(reason: str) -> None:
            logger.error("node %d crashed: %s", node_id, reason)
            # The contract times elections after the crashes that were asked for.
            if self._note_crash(member, now_us()).was_leader:
                self.elections.disturbed()

        member = Member(node_id, Slot(node_id, spawn, Events(self._requests.answered, role_changed, failed)))
        return member

    def start(self) -> None:
        """Starts every node. Raises ForeignFile or OSError."""
        for member in self.members:
            _start(member)

    async def stop(self) -> None:
        for member in self.members:
            member.status = "crashed"
            member.slot.cut()
        for member in self.members:
            await member.slot.kill()

    @property
    def leader(self) -> Member | None:
        """Of the nodes neither crashed nor isolated the one that leads in the highest term."""
        best: Member | None = None
        best_term = 0
        for member in self.members:
            report = member.report
            if report is not None and report.role == "leader" and member.status == "live" and report.term > best_term:
                best, best_term = member, report.term
        return best

    def leader_or_refuse(self) -> Member:
        leader = self.leader
        if leader is None:
            raise no_leader()
        return leader

    async def put(self, key: str, value: str) -> Answer:
        return await self.propose(self.leader_or_refuse(), put_command(key, value))

    async def get(self, key: str) -> Answer:
        leader = self.leader_or_refuse()
        return await self._requests.read(leader.id, leader.slot, key)

    async def propose(self, member: Member, command: str) -> Answer:
        return await self._requests.propose(member.id, member.slot, command)

    def view(self) -> ClusterView:
        leader = self.leader
        nodes = [(member, member.summary) for member in self.members]
        runners = [member.slot.runner for member in self.members if member.status != "crashed"]
        delays = summarize(delay for runner in runners if runner is not None for delay in runner.delays_us.copy())
        term = max((summary.term for _, summary in nodes if summary is not None), default=0)
        return ClusterView(None if leader is None else leader.id, term, now_us(), delays, nodes)

    async def crash(self, member: Member, delay_us: int = 0) -> CrashAnswer:
        _reject_if_crashed(member)
        with _changing(member):
            answer = self._note_crash(member, member.slot.cut(), delay_us)
            if answer.was_leader:
                live_ids = [one.id for one in self.members if one.status == "live"]
                self.elections.opened(Crash(member.id, answer.term, answer.crashed_at_us), live_ids)
            await member.slot.kill()
            return answer

    def _note_crash(self, member: Member, at_us: int, delay_us: int = 0) -> CrashAnswer:
        was_leader = self.leader is member
        term = member.report.term if member.report is not None else 0
        member.status = "crashed"
        member.report = None
        self._requests.crashed(member.id)
        if not was_leader:
            self.elections.lost(member.id)
        return CrashAnswer(member.id, was_leader, term, delay_us, at_us)

    async def restart(self, member: Member) -> RestartAnswer:
        if member.status != "crashed":
            raise conflict(f"node {member.id} is not crashed")
        with _changing(member):
            # One that failed by itself may be ending yet.
            await member.slot.kill()
            self.elections.disturbed()
            term, last_log_index, dropped_bytes = _restart(member)
            return RestartAnswer(member.id, member.incarnation, now_us(), term, last_log_index, dropped_bytes)

    def isolate(self, member: Member, *, is_isolated: bool) -> None:
        _reject_if_crashed(member)
        if (member.status == "isolated") == is_isolated:
            return
        self.elections.disturbed()
        member.slot.isolate(is_isolated=is_isolated)
        member.status = "isolated" if is_isolated else "live"


@contextmanager
def _changing(member: Member) -> Iterator[None]:
    """One change of a node at a time."""
    if member.is_changing:
        raise conflict(f"node {member.id} is being changed by another request")
    member.is_changing = True
    try:
        yield
    finally:
        member.is_changing = False


def _start(member: Member) -> Started:
    member.incarnation += 1
    member.report = None
    started = member.slot.start(member.incarnation)
    member.status = "live"
    if started.dropped_bytes > 0:
        logger.warning(
            "node %d: its log ended torn or corrupt: %d entries kept, %d bytes dropped",
            member.id,
            started.last_log_index,
            started.dropped_bytes,
        )
    return started


def _restart(member: Member) -> Started:
    try:
        return _start(member)
    except (ForeignFile, OSError) as error:
        logger.warning("node %d cannot be restarted: %s", member.id, error)
        raise Problem("internal", "the node's log cannot be used; the log says why") from error


def _reject_if_crashed(member: Member) -> None:
    if member.status == "crashed":
        raise conflict(f"node {member.id} is crashed")
