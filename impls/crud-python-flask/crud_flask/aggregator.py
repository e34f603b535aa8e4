"""The worker of the aggregation queue: one job at a time, on a connection of the pool."""

import logging
import threading
from typing import LiteralString

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from crud import statements
from crud.aggregation import RESULT_CONTENT_TYPE, AggregationFailed, aggregate, result_name
from crud.answers import Row
from crud_flask.database import Database, fetch_one

logger = logging.getLogger(__name__)

SCAN_INTERVAL_SEC = 15.0


class Aggregator(threading.Thread):
    """Looks at the queue at start, when woken and every 15 s, until it finds nothing."""

    def __init__(self, database: Database) -> None:
        super().__init__(name="aggregator", daemon=True)
        self._database = database
        self._wakening = threading.Event()
        self._stopping = False

    def wake(self) -> None:
        self._wakening.set()

    def stop(self) -> None:
        """The job under way is finished; the rest of the queue is left to others."""
        self._stopping = True
        self.wake()
        self.join(2.0)

    def run(self) -> None:
        while not self._stopping:
            self._empty_queue()
            self._wakening.wait(SCAN_INTERVAL_SEC)
            self._wakening.clear()

    def _empty_queue(self) -> None:
        try:
            while not self._stopping and self._work_on_one():
                pass
        except psycopg.OperationalError as error:
            logger.warning("the aggregation queue cannot be read: %s", error)
        except Exception:
            logger.exception("an aggregation failed; it stays in the queue")

    def _work_on_one(self) -> bool:
        """Whether there was a job. Claimed and finished in one transaction, so that a killed worker frees it."""
        with self._database.connection() as connection, connection.transaction():
            job = fetch_one(connection, statements.CLAIM_AGGREGATION)
            if job is None:
                return False
            _finish(connection, job)
            return True


def _finish(connection: Connection[TupleRow], job: Row) -> None:
    aggregation_id, user_id, file_ids = job
    rows = connection.execute(statements.READ_BODIES, (user_id, file_ids), binary=True).fetchall()
    status, result_file_id, reason = "ready", None, None
    try:
        body = aggregate(file_ids, dict(rows))
    except AggregationFailed as error:
        status, reason = "failed", str(error)
    else:
        values = (user_id, result_name(aggregation_id), RESULT_CONTENT_TYPE, len(body), body)
        result_file_id = _value(connection, statements.CREATE_RESULT, *values)
    connection.execute(statements.FINISH_AGGREGATION, (aggregation_id, status, result_file_id, reason))
    event_id = _value(connection, statements.NEXT_EVENT_ID, user_id)
    connection.execute(statements.ADD_EVENT, (user_id, event_id, aggregation_id, status, result_file_id, reason))


def _value(connection: Connection[TupleRow], statement: LiteralString, *values: object) -> object:
    row = fetch_one(connection, statement, *values)
    assert row is not None, "RETURNING gives the row just written"
    value: object = row[0]
    return value
