"""Server-Sent Events: the stream holds its request's thread until client, session or service end it."""

import logging
import time
from collections.abc import Iterator, Sequence

import psycopg
from flask import Blueprint, Response, request

from crud import events, statements
from crud.answers import Row
from crud_flask.database import Database
from crud_flask.guards import Caller, authenticated_caller
from crud_flask.service import Service, current_service
from crud_flask.streams import Stream

logger = logging.getLogger(__name__)
routes = Blueprint("events", __name__)


@routes.get("/events")
def read_events() -> Response:
    caller = authenticated_caller()
    seen = events.last_event_id(request.headers.get("Last-Event-ID"))
    service = current_service()
    # A place first, then where to start: nothing can happen between the two unnoticed.
    stream = service.streams.open(caller.user_id, request.environ["gunicorn.socket"])
    try:
        feed = Feed(service.database, caller, stream, seen)
    except BaseException:
        service.streams.release(stream)
        raise
    return _stream_answer(service, stream, feed)


def _stream_answer(service: Service, stream: Stream, feed: "Feed") -> Response:
    answer = Response(feed.text(), headers=events.HEADERS, content_type=events.MEDIA_TYPE)
    # Not a finally in the generator: one that is never begun never ends either.
    answer.call_on_close(lambda: service.streams.release(stream))
    return answer


class Feed:
    """What one stream sends: what was missed, then events as they come, a heartbeat, and no end while all is well."""

    def __init__(self, database: Database, caller: Caller, stream: Stream, seen: int | None) -> None:
        self._database = database
        self._caller = caller
        self._stream = stream
        self._missed: Sequence[Row] = []
        if seen is None:
            row = database.fetch_one(statements.LAST_EVENT_ID, caller.user_id)
            self._last_id = 0 if row is None else int(row[0])
        else:
            self._last_id = seen
            self._missed = database.fetch_all(statements.EVENTS_AFTER, caller.user_id, seen)

    def text(self) -> Iterator[bytes]:
        yield events.OPEN
        yield from self._send(self._missed)
        looks_again = False
        heartbeat_at = time.monotonic() + events.HEARTBEAT_INTERVAL_SEC
        while True:
            wakening = self._stream.wait(max(0.0, heartbeat_at - time.monotonic()))
            if wakening == "ended":
                return
            if wakening == "notified" or looks_again:
                try:
                    yield from self._send(self._news())
                    looks_again = False
                except psycopg.OperationalError:
                    looks_again = True
            if time.monotonic() >= heartbeat_at:
                heartbeat_at += events.HEARTBEAT_INTERVAL_SEC
                if not self._session_lives():
                    return
                yield events.HEARTBEAT

    def _news(self) -> Sequence[Row]:
        return self._database.fetch_all(statements.EVENTS_AFTER, self._caller.user_id, self._last_id)

    def _send(self, rows: Sequence[Row]) -> Iterator[bytes]:
        for row in rows:
            yield events.event_text(row)
            self._last_id = events.event_id(row)

    def _session_lives(self) -> bool:
        try:
            return self._database.fetch_one(statements.AUTHENTICATE, self._caller.token_digest) is not None
        except psycopg.OperationalError:
            # Nobody knows; the next heartbeat asks again.
            return True
