"""Server-Sent Events: a stream lives until client, session or service end it."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from crud import events, statements
from crud.answers import Row
from crud_asyncio.database import Database, DatabaseLost
from crud_asyncio.guards import AuthenticatedCaller, Caller
from crud_asyncio.headers import joined_header
from crud_asyncio.service import CurrentService
from crud_asyncio.streams import Stream, StreamHub

routes = APIRouter()


@routes.get("/events")
async def read_events(request: Request, caller: AuthenticatedCaller, service: CurrentService) -> Response:
    seen = events.last_event_id(joined_header(request, "last-event-id"))
    # A place first, then where to start: nothing can happen between the two unnoticed.
    stream = service.streams.open(caller.user_id)
    try:
        feed = Feed(service.database, caller, stream)
        await feed.start(seen)
    except BaseException:
        service.streams.release(stream)
        raise
    return EventStreamResponse(service.streams, stream, feed)


class Feed:
    """What one stream sends: what was missed, then events as they come, a heartbeat, and no end while all is well."""

    def __init__(self, database: Database, caller: Caller, stream: Stream) -> None:
        self._database = database
        self._caller = caller
        self._stream = stream
        self._last_id = 0
        self._missed: Sequence[Row] = []

    async def start(self, seen: int | None) -> None:
        if seen is None:
            row = await self._database.fetch_one(statements.LAST_EVENT_ID, self._caller.user_id)
            self._last_id = 0 if row is None else row[0]
        else:
            self._last_id = seen
            self._missed = await self._news()

    async def text(self) -> AsyncIterator[bytes]:
        yield events.OPEN
        for row in self._missed:
            yield self._sent(row)
        loop = asyncio.get_running_loop()
        looks_again = False
        heartbeat_at = loop.time() + events.HEARTBEAT_INTERVAL_SEC
        while True:
            wakening = await self._stream.wait(max(0.0, heartbeat_at - loop.time()))
            if wakening == "ended":
                return
            if wakening == "notified" or looks_again:
                try:
                    for row in await self._news():
                        yield self._sent(row)
                    looks_again = False
                except DatabaseLost:
                    looks_again = True
            if loop.time() >= heartbeat_at:
                heartbeat_at += events.HEARTBEAT_INTERVAL_SEC
                if not await self._session_lives():
                    return
                yield events.HEARTBEAT

    async def _news(self) -> Sequence[Row]:
        return await self._database.fetch_all(statements.EVENTS_AFTER, self._caller.user_id, self._last_id)

    def _sent(self, row: Row) -> bytes:
        self._last_id = events.event_id(row)
        return events.event_text(row)

    async def _session_lives(self) -> bool:
        try:
            return await self._database.fetch_one(statements.AUTHENTICATE, self._caller.token_digest) is not None
        except DatabaseLost:
            # Nobody knows; the next heartbeat asks again.
            return True


class EventStreamResponse(StreamingResponse):
    """Gives the stream's place back as soon as the client has left, not at the next attempt to send."""

    def __init__(self, streams: StreamHub, stream: Stream, feed: Feed) -> None:
        super().__init__(feed.text(), headers={**events.HEADERS, "Content-Type": events.MEDIA_TYPE})
        self._streams = streams
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        departure = asyncio.create_task(self._end_with_client(receive))
        try:
            await self.stream_response(send)
        finally:
            departure.cancel()
            self._streams.release(self._stream)

    async def _end_with_client(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._stream.end()
