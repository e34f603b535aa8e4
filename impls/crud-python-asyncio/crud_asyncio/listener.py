"""The one connection beside the pool: LISTEN."""

import asyncio
import logging
from uuid import UUID

import asyncpg

from crud.statements import CHANNEL_EVENT, CHANNEL_QUEUED
from crud_asyncio.aggregator import Aggregator
from crud_asyncio.database import LOST, connection_options
from crud_asyncio.streams import StreamHub

logger = logging.getLogger(__name__)

RETRY_INTERVAL_SEC = 0.5


class Listener:
    """Passes notifications on, and after each (re)connection has everything looked at anew."""

    def __init__(self, url: str, streams: StreamHub, aggregator: Aggregator) -> None:
        self._url = url
        self._streams = streams
        self._aggregator = aggregator

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
                logger.warning("the listening connection is lost")
            except LOST as error:
                logger.warning("the database cannot be reached: %s", error)
                await asyncio.sleep(RETRY_INTERVAL_SEC)

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url, **connection_options())
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(CHANNEL_QUEUED, self._look_at_queue)
            await connection.add_listener(CHANNEL_EVENT, self._wake_streams)
            self._aggregator.wake()
            self._streams.wake_all()
            await lost.wait()
        finally:
            connection.terminate()

    def _look_at_queue(self, *_: object) -> None:
        self._aggregator.wake()

    def _wake_streams(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self._streams.wake_user(UUID(str(payload)))
