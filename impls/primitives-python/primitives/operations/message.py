"""A message there and back. Each answer is the next message: only right answers add up to the number of operations."""

import asyncio
import socket
from multiprocessing import get_context
from queue import Queue
from threading import Thread

from primitives.case import Case
from primitives.children import MESSAGE_BYTES, answer_queue, answer_socket
from primitives.mailbox import Mailbox
from primitives.operation import AsyncOperation, Operation
from primitives.stretch import Stretch

CALL_BACK_SEC = 20


class Queues(Operation):
    def __init__(self, there: Mailbox, back: Mailbox, value: int) -> None:
        self._there, self._back, self._value = there, back, value

    def run(self, count: int, stretch: Stretch) -> None:
        there, back, value = self._there, self._back, self._value
        with stretch:
            for _ in range(count):
                there.put(value)
                value = back.get()
        self._value = value

    def end(self) -> int:
        return self._value


class ThreadQueues(Queues):
    def __init__(self, _case: Case) -> None:
        there, back = Queue[int](), Queue[int]()
        Thread(target=answer_queue, args=(there, back), daemon=True).start()
        super().__init__(there, back, back.get())


class ProcessQueues(Queues):
    def __init__(self, _case: Case) -> None:
        context = get_context("spawn")
        there, back = context.Queue(), context.Queue()
        self._partner = context.Process(target=answer_queue, args=(there, back), daemon=True)
        self._partner.start()
        super().__init__(there, back, back.get())

    def end(self) -> int:
        self._partner.kill()
        return super().end()


class AsyncQueues(AsyncOperation):
    def __init__(self, _case: Case) -> None:
        super().__init__()
        self._there: asyncio.Queue[int] = asyncio.Queue()
        self._back: asyncio.Queue[int] = asyncio.Queue()
        self._value = 0
        self._partner = self._runner.get_loop().create_task(self._answer())

    async def _answer(self) -> None:
        there, back = self._there, self._back
        while True:
            await back.put(await there.get() + 1)

    async def _run(self, count: int, stretch: Stretch) -> None:
        there, back, value = self._there, self._back, self._value
        with stretch:
            for _ in range(count):
                await there.put(value)
                value = await back.get()
        self._value = value

    def count_done(self) -> int:
        return self._value


class Socket(Operation):
    def __init__(self, _case: Case) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(CALL_BACK_SEC)
            self._partner = get_context("spawn").Process(
                target=answer_socket, args=(server.getsockname(),), daemon=True
            )
            self._partner.start()
            self._connection, _ = server.accept()
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._value = 0

    def run(self, count: int, stretch: Stretch) -> None:
        connection, value = self._connection, self._value
        with stretch:
            for _ in range(count):
                connection.sendall(value.to_bytes(MESSAGE_BYTES, "little"))
                value = int.from_bytes(connection.recv(MESSAGE_BYTES, socket.MSG_WAITALL), "little")
        self._value = value

    def end(self) -> int:
        self._connection.close()
        self._partner.join()
        return self._value


VARIANTS = {"queue": ThreadQueues, "asyncio-queue": AsyncQueues, "mp-queue": ProcessQueues, "socket": Socket}
