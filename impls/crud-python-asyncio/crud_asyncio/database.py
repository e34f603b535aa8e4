"""The pool of one process: asyncpg prepares and keeps every statement, and sends nothing else."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg

from crud import statements
from crud.answers import Row
from crud.config import Config

CONNECT_TIMEOUT_SEC = 2.0
ACQUIRE_TIMEOUT_SEC = 5.0
HEALTH_TIMEOUT_SEC = 0.8
# Later than the server's own limit: only a server that says nothing at all is given up here.
COMMAND_TIMEOUT_SEC = statements.STATEMENT_TIMEOUT_MS / 1_000 + 1

Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy

LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)


class DatabaseLost(Exception):
    """The database cannot be reached, or does not answer in time."""


def connection_options() -> dict[str, Any]:
    return {
        "timeout": CONNECT_TIMEOUT_SEC,
        "command_timeout": COMMAND_TIMEOUT_SEC,
        "server_settings": {"statement_timeout": str(statements.STATEMENT_TIMEOUT_MS), "TimeZone": "UTC"},
    }


class Database:
    """Query connections of one process. A lost one is replaced when it is next needed."""

    def __init__(self, config: Config) -> None:
        self._url = config.database_url
        self._size_count = config.pool_share_count
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        # Connections are made as they are needed, so the service also starts while there is no database.
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._size_count,
            max_inactive_connection_lifetime=0,
            reset=_keep_session,
            **connection_options(),
        )

    def close(self) -> None:
        if self._pool is not None:
            self._pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        assert self._pool is not None, "requests come after the start"
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_SEC) as connection:
                yield connection
        except LOST as error:
            raise DatabaseLost(str(error)) from error

    async def fetch_one(self, statement: str, *values: object) -> Row | None:
        async with self.connection() as connection:
            row: Row | None = await connection.fetchrow(statement, *values)
            return row

    async def fetch_all(self, statement: str, *values: object) -> Sequence[Row]:
        async with self.connection() as connection:
            rows: Sequence[Row] = await connection.fetch(statement, *values)
            return rows

    async def execute(self, statement: str, *values: object) -> int:
        """The number of rows the statement touched."""
        async with self.connection() as connection:
            tag: str = await connection.execute(statement, *values)
            return int(tag.rpartition(" ")[2])

    async def check_health(self) -> None:
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_SEC):
                await self.fetch_one(statements.HEALTH)
        except TimeoutError as error:
            raise DatabaseLost("no answer in time") from error


async def _keep_session(_connection: object) -> None:
    # No statement changes the session, so there is nothing to reset; asyncpg would send four statements.
    return
