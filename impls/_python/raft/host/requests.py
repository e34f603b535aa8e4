"""What nodes have yet to answer, waited for or not.

Requests that arrive in one turn of the event loop reach a node together.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from raft.core.inputs import Proposal, Propose
from raft.host.mail import Answer, KeyRead, ReadKeys
from raft.host.problems import Problem, no_leader, outcome_unknown
from raft.host.slot import Slot

MAX_UNANSWERED = 65_536


@dataclass(slots=True)
class Pending:
    future: asyncio.Future[Answer]
    node_id: int
    # A write may have happened though it was not answered; a read has not.
    is_write: bool
    timer: asyncio.TimerHandle

    def reject(self, problem: Problem) -> None:
        if not self.future.done():
            self.future.set_exception(problem)


@dataclass(slots=True)
class Batch:
    slot: Slot
    proposals: list[Proposal] = field(default_factory=list)
    reads: list[KeyRead] = field(default_factory=list)

    def post(self) -> None:
        if self.proposals:
            self.slot.post(Propose(self.proposals))
        if self.reads:
            self.slot.post(ReadKeys(self.reads))


class Requests:
    def __init__(self, timeout_ms: int) -> None:
        self._timeout_sec = timeout_ms / 1000
        self._pending: dict[int, Pending] = {}
        self._batches: dict[int, Batch] = {}
        self._last_id = 0

    async def propose(self, node_id: int, slot: Slot, command: str) -> Answer:
        """Raises a Problem unless the command is committed."""
        request_id = self._next_id()
        self._batch(node_id, slot).proposals.append(Proposal(request_id, command))
        return await self._wait(request_id, node_id, is_write=True)

    async def read(self, node_id: int, slot: Slot, key: str) -> Answer:
        request_id = self._next_id()
        self._batch(node_id, slot).reads.append(KeyRead(request_id, key))
        return await self._wait(request_id, node_id, is_write=False)

    def answered(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            pending = self._take(answer.id)
            if pending is not None:
                _settle(pending, answer)

    def crashed(self, node_id: int) -> None:
        """What waits for the node gets its answer now."""
        self._batches.pop(node_id, None)
        for request_id in [one for one, pending in self._pending.items() if pending.node_id == node_id]:
            pending = self._take(request_id)
            if pending is not None:
                pending.reject(outcome_unknown("the leader crashed") if pending.is_write else no_leader())

    def _next_id(self) -> int:
        if len(self._pending) >= MAX_UNANSWERED:
            raise no_leader("too many requests are unanswered")
        self._last_id += 1
        return self._last_id

    def _batch(self, node_id: int, slot: Slot) -> Batch:
        if not self._batches:
            asyncio.get_running_loop().call_soon(self._flush)
        return self._batches.setdefault(node_id, Batch(slot))

    def _flush(self) -> None:
        batches, self._batches = self._batches, {}
        for batch in batches.values():
            batch.post()

    def _wait(self, request_id: int, node_id: int, *, is_write: bool) -> asyncio.Future[Answer]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        timer = loop.call_later(self._timeout_sec, self._time_out, request_id)
        self._pending[request_id] = Pending(future, node_id, is_write, timer)
        return future

    def _time_out(self, request_id: int) -> None:
        # It stays pending: the node has it yet.
        self._pending[request_id].reject(outcome_unknown("no answer in time"))

    def _take(self, request_id: int) -> Pending | None:
        pending = self._pending.pop(request_id, None)
        if pending is not None:
            pending.timer.cancel()
        return pending


def _settle(pending: Pending, answer: Answer) -> None:
    if answer.outcome == "notLeader":
        pending.reject(no_leader())
    elif answer.outcome == "unknown":
        pending.reject(outcome_unknown("the leader lost its office"))
    elif not pending.future.done():
        pending.future.set_result(answer)
