"""The pool of one process: every statement prepared, no BEGIN or COMMIT around a single one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, RawCursor
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from crud import statements
from crud.answers import Row
from crud.config import Config

CONNECT_TIMEOUT_SEC = 2
ACQUIRE_TIMEOUT_SEC = 5.0
HEALTH_TIMEOUT_SEC = 0.8
# The pool tries again after about a second and then gives the place up, so that the next request tries at once.
RECONNECT_TIMEOUT_SEC = 1.0


class DatabaseLost(psycopg.OperationalError):
    """Refused without trying: the listener has just failed to connect."""


def connection_options() -> dict[str, Any]:
    return {
        "autocommit": True,
        "prepare_threshold": 0,
        "cursor_factory": RawCursor,
        "client_encoding": "UTF8",
        "connect_timeout": CONNECT_TIMEOUT_SEC,
        "options": f"-c statement_timeout={statements.STATEMENT_TIMEOUT_MS} -c TimeZone=UTC",
    }


class Database:
    """Query connections of one process; a lost database is refused at once instead of waited for."""

    def __init__(self, config: Config) -> None:
        self._pool = ConnectionPool(
            config.database_url,
            kwargs=connection_options(),
            min_size=config.pool_share_count,
            max_size=config.pool_share_count,
            timeout=ACQUIRE_TIMEOUT_SEC,
            reconnect_timeout=RECONNECT_TIMEOUT_SEC,
            open=False,
        )
        self._available = True

    def open(self) -> None:
        self._pool.open()

    def close(self) -> None:
        self._pool.close(timeout=1.0)

    def mark_lost(self) -> None:
        self._available = False

    def mark_found(self) -> None:
        """The database answers (again): exchange the connections that died with it."""
        self._available = True
        self._pool.check()

    @contextmanager
    def connection(self, timeout_sec: float | None = None) -> Iterator[Connection[TupleRow]]:
        if not self._available:
            raise DatabaseLost("the database cannot be reached")
        with self._pool.connection(timeout_sec) as connection:
            yield connection

    def fetch_one(self, statement: LiteralString, *values: object) -> Row | None:
        with self.connection() as connection:
            return fetch_one(connection, statement, *values)

    def fetch_all(self, statement: LiteralString, *values: object) -> Sequence[Row]:
        with self.connection() as connection:
            return connection.execute(statement, values, binary=True).fetchall()

    def execute(self, statement: LiteralString, *values: object) -> int:
        """The number of rows the statement touched."""
        with self.connection() as connection:
            return connection.execute(statement, values).rowcount

    def check_health(self) -> None:
        with self.connection(HEALTH_TIMEOUT_SEC) as connection:
            connection.execute(statements.HEALTH)


def fetch_one(connection: Connection[TupleRow], statement: LiteralString, *values: object) -> Row | None:
    return connection.execute(statement, values, binary=True).fetchone()
