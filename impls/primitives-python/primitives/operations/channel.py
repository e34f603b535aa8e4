"""Throughput of a channel: long-lived producers, each with its share; one consumer that adds up what it gets."""

import asyncio
from collections.abc import Sequence
from multiprocessing import get_context
from queue import Queue, SimpleQueue
from threading import Thread

from primitives.case import Case
from primitives.children import produce
from primitives.mailbox import Mailbox
from primitives.operation import AsyncOperation, Operation, shares_of
from primitives.stretch import Stretch

ROOM = 1_024


class QueueChannel(Operation):
    """The producers wait for shares already; each puts one 0 first, to say that it is there."""

    def __init__(self, channel: Mailbox, shares: Sequence[Mailbox]) -> None:
        self._channel = channel
        self._shares = shares
        self._done_count = 0
        for _ in shares:
            channel.get()

    def run(self, count: int, stretch: Stretch) -> None:
        shares = shares_of(count, len(self._shares))
        channel, total = self._channel, 0
        with stretch:
            for producer, share in zip(self._shares, shares, strict=True):
                producer.put(share)
            for _ in range(count):
                total += channel.get()
        self._done_count += received_count(total, shares)

    def end(self) -> int:
        return self._done_count


class ThreadChannel(QueueChannel):
    def __init__(self, case: Case) -> None:
        channel = Queue[int](ROOM)
        all_shares = [SimpleQueue[int]() for _ in range(case.size)]
        for shares in all_shares:
            Thread(target=produce, args=(shares, channel), daemon=True).start()
        super().__init__(channel, all_shares)


class ProcessChannel(QueueChannel):
    def __init__(self, case: Case) -> None:
        context = get_context("spawn")
        channel = context.Queue(ROOM)
        all_shares = [context.SimpleQueue() for _ in range(case.size)]
        self._producers = [
            context.Process(target=produce, args=(shares, channel), daemon=True) for shares in all_shares
        ]
        for producer in self._producers:
            producer.start()
        super().__init__(channel, all_shares)

    def end(self) -> int:
        for producer in self._producers:
            producer.kill()
        return super().end()


class AsyncChannel(AsyncOperation):
    def __init__(self, case: Case) -> None:
        super().__init__()
        self._channel: asyncio.Queue[int] = asyncio.Queue(ROOM)
        self._shares: list[asyncio.Queue[int]] = [asyncio.Queue() for _ in range(case.size)]
        self._done_count = 0
        loop = self._runner.get_loop()
        self._producers = [loop.create_task(self._produce(shares)) for shares in self._shares]

    async def _produce(self, shares: asyncio.Queue[int]) -> None:
        channel = self._channel
        while True:
            for value in range(await shares.get()):
                await channel.put(value)

    async def _run(self, count: int, stretch: Stretch) -> None:
        shares = shares_of(count, len(self._shares))
        channel, total = self._channel, 0
        with stretch:
            for producer, share in zip(self._shares, shares, strict=True):
                await producer.put(share)
            for _ in range(count):
                total += await channel.get()
        self._done_count += received_count(total, shares)

    def count_done(self) -> int:
        return self._done_count


def received_count(total: int, shares: list[int]) -> int:
    """Raises ArithmeticError where the integers received do not add up to those sent."""
    sent_total = sum(share * (share - 1) // 2 for share in shares)
    if total != sent_total:
        raise ArithmeticError(f"the integers received add up to {total} instead of {sent_total}")
    return sum(shares)


VARIANTS = {"queue": ThreadChannel, "asyncio-queue": AsyncChannel, "mp-queue": ProcessChannel}
