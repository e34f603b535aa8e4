"""Open event streams of one process. Each holds a thread, which sleeps until woken or until its client leaves."""

import os
import selectors
import socket
import threading
from contextlib import suppress
from typing import Literal
from uuid import UUID

from crud.problems import unavailable

Wakening = Literal["notified", "timeout", "ended"]


class Stream:
    """One client's stream: a pipe wakes its thread, and so does its socket when the client closes it."""

    def __init__(self, user_id: UUID, client: socket.socket) -> None:
        self.user_id = user_id
        self._client = client
        self._ended = False
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_reader, selectors.EVENT_READ)
        self._selector.register(client, selectors.EVENT_READ)

    def wake(self) -> None:
        # A full pipe is a wake-up already.
        with suppress(BlockingIOError):
            os.write(self._wake_writer, b"\0")

    def end(self) -> None:
        self._ended = True
        self.wake()

    def wait(self, timeout_sec: float) -> Wakening:
        ready = {key.fileobj for key, _ in self._selector.select(timeout_sec)}
        if self._client in ready:
            self._look_at_client()
        if self._wake_reader in ready:
            with suppress(BlockingIOError):
                os.read(self._wake_reader, 4_096)
        if self._ended:
            return "ended"
        return "notified" if self._wake_reader in ready else "timeout"

    def release(self) -> None:
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _look_at_client(self) -> None:
        try:
            self._ended = self._ended or not self._client.recv(1, socket.MSG_PEEK)
        except OSError:
            self._ended = True
        # A client that sends while it listens would wake this thread for ever.
        self._selector.unregister(self._client)


class StreamHub:
    """All streams of one process. A stream is woken under the lock, so never after its pipe is closed."""

    def __init__(self, limit_count: int) -> None:
        self._limit_count = limit_count
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._closed = False

    def open(self, user_id: UUID, client: socket.socket) -> Stream:
        """Raises the 503 problem when every place is taken."""
        with self._lock:
            if self._closed or len(self._streams) >= self._limit_count:
                raise unavailable("There are too many event streams.")
            stream = Stream(user_id, client)
            self._streams.add(stream)
            return stream

    def release(self, stream: Stream) -> None:
        with self._lock:
            if stream in self._streams:
                self._streams.remove(stream)
                stream.release()

    def wake_user(self, user_id: UUID) -> None:
        with self._lock:
            for stream in self._streams:
                if stream.user_id == user_id:
                    stream.wake()

    def wake_all(self) -> None:
        with self._lock:
            for stream in self._streams:
                stream.wake()

    def close(self) -> None:
        """Ends every stream. Safe in a signal handler: the main thread takes this lock nowhere else."""
        with self._lock:
            self._closed = True
            for stream in self._streams:
                stream.end()
