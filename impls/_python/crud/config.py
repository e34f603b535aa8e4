"""The environment of the service, checked once at start."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from program.environment import (
    ConfigError,
    ServerConfig,
    log_level,
    or_exit,
    port_number,
    required,
    whole_number,
)

MAX_INT32 = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Config(ServerConfig):
    """The settings of the whole service, and below them the share of one process."""

    database_url: str
    workers_count: int
    db_pool_total_count: int
    file_cache_total_bytes: int
    session_ttl_sec: int
    event_streams_total_count: int

    @property
    def pool_share_count(self) -> int:
        return self.db_pool_total_count // self.workers_count

    @property
    def file_cache_share_bytes(self) -> int:
        return self.file_cache_total_bytes // self.workers_count

    @property
    def event_streams_share_count(self) -> int:
        return -(-self.event_streams_total_count // self.workers_count)


def load_config(environ: Mapping[str, str]) -> Config:
    """Raises ConfigError at the first variable that is missing or invalid."""
    config = Config(
        host=required(environ, "HOST"),
        port=port_number(environ),
        database_url=_database_url(required(environ, "DATABASE_URL")),
        workers_count=whole_number(environ, "WORKERS", "1", minimum=1, maximum=1_024),
        db_pool_total_count=whole_number(environ, "DB_POOL_TOTAL", "8", minimum=1, maximum=10_000),
        file_cache_total_bytes=whole_number(environ, "FILE_CACHE_BYTES", "16777216", minimum=0),
        session_ttl_sec=whole_number(environ, "SESSION_TTL_SECONDS", "3600", minimum=1, maximum=MAX_INT32),
        event_streams_total_count=whole_number(environ, "MAX_EVENT_STREAMS", "64", minimum=0, maximum=100_000),
        log_level=log_level(environ),
    )
    if config.pool_share_count < 1:
        raise ConfigError("DB_POOL_TOTAL must be at least WORKERS: each process has its own pool")
    return config


def load_config_or_exit(environ: Mapping[str, str]) -> Config:
    return or_exit("crud", lambda: load_config(environ))


def _database_url(text: str) -> str:
    problem = "DATABASE_URL must be postgres://user:password@host:port/database without parameters"
    try:
        url = urlsplit(text)
        port_is_valid = url.port is None or url.port > 0
    except ValueError:
        raise ConfigError(problem) from None
    if url.scheme not in ("postgres", "postgresql") or not url.hostname or not url.username or not port_is_valid:
        raise ConfigError(problem)
    if len(url.path) < 2 or url.query or url.fragment:
        raise ConfigError(problem)
    return text
