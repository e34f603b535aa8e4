"""The worker of the aggregation queue: one job at a time, on a connection of the pool."""

import asyncio
import logging
from concurrent.futures import Executor
from contextlib import suppress

from crud import statements
from crud.aggregation import RESULT_CONTENT_TYPE, AggregationFailed, aggregate, result_name
from crud.answers import Row
from crud_asyncio.database import Connection, Database, DatabaseLost

logger = logging.getLogger(__name__)

SCAN_INTERVAL_SEC = 15.0


class Aggregator:
    """Looks at the queue at start, when woken and every 15 s, until it finds nothing."""

    def __init__(self, database: Database, executor: Executor) -> None:
        self._database = database
        self._executor = executor
        self._wakening = asyncio.Event()

    def wake(self) -> None:
        self._wakening.set()

    async def run(self) -> None:
        """Until cancelled; the job under way is then rolled back and left to others."""
        while True:
            await self._empty_queue()
            with suppress(TimeoutError):
                async with asyncio.timeout(SCAN_INTERVAL_SEC):
                    await self._wakening.wait()
            self._wakening.clear()

    async def _empty_queue(self) -> None:
        try:
            while await self._work_on_one():
                pass
        except DatabaseLost as error:
            logger.warning("the aggregation queue cannot be read: %s", error)
        except Exception:
            logger.exception("an aggregation failed; it stays in the queue")

    async def _work_on_one(self) -> bool:
        """Whether there was a job. Claimed and finished in one transaction, so that a killed worker frees it."""
        async with self._database.connection() as connection, connection.transaction():
            job = await connection.fetchrow(statements.CLAIM_AGGREGATION)
            if job is None:
                return False
            await self._finish(connection, job)
            return True

    async def _finish(self, connection: Connection, job: Row) -> None:
        aggregation_id, user_id, file_ids = job
        rows = await connection.fetch(statements.READ_BODIES, user_id, file_ids)
        status, result_file_id, reason = "ready", None, None
        try:
            loop = asyncio.get_running_loop()
            body = await loop.run_in_executor(self._executor, aggregate, file_ids, dict(rows))
        except AggregationFailed as error:
            status, reason = "failed", str(error)
        else:
            values = (user_id, result_name(aggregation_id), RESULT_CONTENT_TYPE, len(body), body)
            result_file_id = await connection.fetchval(statements.CREATE_RESULT, *values)
        await connection.execute(statements.FINISH_AGGREGATION, aggregation_id, status, result_file_id, reason)
        event_id = await connection.fetchval(statements.NEXT_EVENT_ID, user_id)
        event = (user_id, event_id, aggregation_id, status, result_file_id, reason)
        await connection.execute(statements.ADD_EVENT, *event)
