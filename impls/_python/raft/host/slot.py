"""The place of one node in its cluster. All of it is called on the event loop, wherever the node runs."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple, Protocol

from raft.host.clock import now_us
from raft.host.config import Config
from raft.host.mail import Answer, Mail, RoleReport
from raft.host.mesh import End, Mesh
from raft.host.runner import Runner


class Site(NamedTuple):
    """What the nodes of a program share. The executor's threads wait for the disk."""

    config: Config
    mesh: Mesh
    executor: Executor


class Events(NamedTuple):
    """What a node reports to its cluster, on the event loop."""

    answered: Callable[[Sequence[Answer]], None]
    role_changed: Callable[[RoleReport], None]
    # It has ended by itself: disk full.
    failed: Callable[[str], None]


class Carrier(Protocol):
    """One incarnation of a node at work: a task or a thread."""

    @property
    def runner(self) -> Runner: ...

    @property
    def end(self) -> End: ...

    def post(self, mail: Mail) -> None: ...

    async def drop(self) -> None:
        """Ends it with everything in memory; returns when its file will not be touched any more."""
        ...


class Started(NamedTuple):
    term: int
    last_log_index: int
    dropped_bytes: int


class Spawn(Protocol):
    """Starts a node from its file, with its links whole. Raises ForeignFile or OSError."""

    def __call__(self, node_id: int, incarnation: int, events: Events) -> Carrier: ...


class Slot:
    """Nothing is reported of an incarnation after its cut."""

    def __init__(self, node_id: int, spawn: Spawn, events: Events) -> None:
        self._node_id = node_id
        self._spawn = spawn
        self._events = events
        self._carrier: Carrier | None = None
        self._burial: asyncio.Future[None] | None = None
        # Raised by each cut: what an earlier incarnation still reports is dropped.
        self._fence = 0

    def start(self, incarnation: int) -> Started:
        self._carrier = self._spawn(self._node_id, incarnation, self._fenced_events())
        term, _, entries, dropped_bytes = self._carrier.runner.recovered
        return Started(term, len(entries), dropped_bytes)

    def cut(self) -> int:
        """From the time returned on no message from or to the node is delivered, those in flight included."""
        self._fence += 1
        if self._carrier is not None:
            self._carrier.end.cut()
        return now_us()

    async def kill(self) -> None:
        """Ends a node that was cut; returns when its file is free, also if that was begun before."""
        self._bury()
        if self._burial is not None:
            await self._burial

    def _bury(self) -> None:
        carrier, self._carrier = self._carrier, None
        if carrier is not None:
            self._burial = asyncio.ensure_future(carrier.drop())

    def isolate(self, *, is_isolated: bool) -> None:
        """Cuts the links and leaves the node running, or mends them."""
        if self._carrier is not None and is_isolated:
            self._carrier.end.cut()
        elif self._carrier is not None:
            self._carrier.end.heal()

    def post(self, mail: Mail) -> None:
        if self._carrier is not None:
            self._carrier.post(mail)

    @property
    def runner(self) -> Runner | None:
        return None if self._carrier is None else self._carrier.runner

    def _fenced_events(self) -> Events:
        fence = self._fence

        def answered(answers: Sequence[Answer]) -> None:
            if fence == self._fence:
                self._events.answered(answers)

        def role_changed(report: RoleReport) -> None:
            if fence == self._fence:
                self._events.role_changed(report)

        def failed(reason: str) -> None:
            if fence == self._fence:
                self.cut()
                self._bury()
                self._events.failed(reason)

        return Events(answered, role_changed, failed)
