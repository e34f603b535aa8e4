"""The one connection beside the pool: LISTEN, and the news whether the database is there."""

import logging
import os
import selectors
import threading
from uuid import UUID

import psycopg
from psycopg import Connection, Notify
from psycopg.rows import TupleRow

from crud.statements import CHANNEL_EVENT, CHANNEL_QUEUED
from crud_flask.aggregator import Aggregator
from crud_flask.database import Database, connection_options
from crud_flask.streams import StreamHub

logger = logging.getLogger(__name__)

RETRY_INTERVAL_SEC = 0.5


class Listener(threading.Thread):
    """Passes notifications on, and after each (re)connection has everything looked at anew."""

    def __init__(self, url: str, database: Database, streams: StreamHub, aggregator: Aggregator) -> None:
        super().__init__(name="listener", daemon=True)
        self._url = url
        self._database = database
        self._streams = streams
        self._aggregator = aggregator
        self._stopping = threading.Event()
        self._stop_reader, self._stop_writer = os.pipe()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                connection: Connection[TupleRow] = psycopg.connect(self._url, **connection_options())
            except psycopg.OperationalError as error:
                # Only now: that this one connection was lost says nothing about the others.
                self._database.mark_lost()
                logger.warning("the database cannot be reached: %s", error)
                self._stopping.wait(RETRY_INTERVAL_SEC)
                continue
            try:
                with connection:
                    self._listen(connection)
            except psycopg.OperationalError as error:
                logger.warning("the listening connection is lost: %s", error)

    def stop(self) -> None:
        self._stopping.set()
        os.write(self._stop_writer, b"\0")
        self.join(1.0)

    def _listen(self, connection: Connection[TupleRow]) -> None:
        connection.execute(f"LISTEN {CHANNEL_QUEUED}")
        connection.execute(f"LISTEN {CHANNEL_EVENT}")
        self._database.mark_found()
        self._aggregator.wake()
        self._streams.wake_all()
        with selectors.DefaultSelector() as selector:
            # Sleeping here and not in notifies(), which wakes ten times a second to look for signals.
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._stop_reader, selectors.EVENT_READ)
            while not self._stopping.is_set():
                for notify in connection.notifies(timeout=0):
                    self._pass_on(notify)
                selector.select()

    def _pass_on(self, notify: Notify) -> None:
        if notify.channel == CHANNEL_QUEUED:
            self._aggregator.wake()
        else:
            self._streams.wake_user(UUID(notify.payload))
