"""Throughput of a channel: producers that live on, each told its share; one consumer that adds up what it gets."""

import asyncio
from multiprocessing import get_context
from queue import Queue, SimpleQueue
from threading import Thread

from primitives.case import Case
from primitives.children import produce
from primitives.operation import AsyncOperation, Operation, shares_of
from primitives.stretch import Stretch

ROOM = 1_024


class ThreadChannel(Operation):
    def __init__(self, case: Case) -> None:
        self._channel: Queue[int] = Queue(ROOM)
        self._shares: list[SimpleQueue[int]] = [SimpleQueue() for _ in range(case.size)]
        self._done_count = 0
        for shares in self._shares:
            Thread(target=self._produce, args=(shares,), daemon=True).start()

    def _produce(self, shares: SimpleQueue[int]) -> None:
        channel = self._channel
        while True:
            for value in range(shares.get()):
                channel.put(value)

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


class ProcessChannel(Operation):
    def __init__(self, case: Case) -> None:
        context = get_context("spawn")
        self._channel = context.Queue(ROOM)
        self._shares = [context.SimpleQueue() for _ in range(case.size)]
        self._done_count = 0
        self._producers = [
            context.Process(target=produce, args=(shares, self._channel), daemon=True) for shares in self._shares
        ]
        for producer in self._producers:
            producer.start()
        for _ in self._producers:
            self._channel.get()  # each says that it is there

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
        for producer in self._producers:
            producer.kill()
        return self._done_count


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
