"""Open event streams of one process."""

import asyncio
from contextlib import suppress
from typing import Literal
from uuid import UUID

from crud.problems import unavailable

Wakening = Literal["notified", "timeout", "ended"]


class Stream:
    """One client's stream, asleep until there is news for it or it is to end."""

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        self._wakening = asyncio.Event()
        self._ended = False

    def wake(self) -> None:
        self._wakening.set()

    def end(self) -> None:
        self._ended = True
        self.wake()

    async def wait(self, timeout_sec: float) -> Wakening:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_sec):
                await self._wakening.wait()
        notified = self._wakening.is_set()
        self._wakening.clear()
        if self._ended:
            return "ended"
        return "notified" if notified else "timeout"


class StreamHub:
    """All streams of one process."""

    def __init__(self, limit_count: int) -> None:
        self._limit_count = limit_count
        self._streams: set[Stream] = set()
        self._closed = False

    def open(self, user_id: UUID) -> Stream:
        """Raises the 503 problem when every place is taken."""
        if self._closed or len(self._streams) >= self._limit_count:
            raise unavailable("There are too many event streams.")
        stream = Stream(user_id)
        self._streams.add(stream)
        return stream

    def release(self, stream: Stream) -> None:
        self._streams.discard(stream)

    def wake_user(self, user_id: UUID) -> None:
        for stream in self._streams:
            if stream.user_id == user_id:
                stream.wake()

    def wake_all(self) -> None:
        for stream in self._streams:
            stream.wake()

    def close(self) -> None:
        self._closed = True
        for stream in self._streams:
            stream.end()
