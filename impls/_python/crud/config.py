"""The environment of the service, checked once at start."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOG_LEVELS = ("debug", "info", "warn", "error")
WHOLE_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
LARGEST_INT32 = 2_147_483_647


class ConfigError(ValueError):
    """A setting that makes no sense; the text names the variable."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of the whole service, and below them the share of one process."""

    host: str
    port: int
    database_url: str
    workers_count: int
    db_pool_total_count: int
    file_cache_total_bytes: int
    session_ttl_sec: int
    event_streams_total_count: int
    log_level: str

    @property
    def pool_share_count(self) -> int:
        return self.db_pool_total_count // self.workers_count

    @property
    def file_cache_share_bytes(self) -> int:
        return self.file_cache_total_bytes // self.workers_count

    @property
    def event_streams_share_count(self) -> int:
        return -(-self.event_streams_total_count // self.workers_count)

    @property
    def python_log_level(self) -> str:
        return "WARNING" if self.log_level == "warn" else self.log_level.upper()

    @property
    def logs_requests(self) -> bool:
        return self.log_level in ("debug", "info")


def load_config(environ: Mapping[str, str]) -> Config:
    """Raises ConfigError at the first variable that is missing or makes no sense."""
    config = Config(
        host=_required(environ, "HOST"),
        port=_whole(environ, "PORT", _required(environ, "PORT"), least=1, most=65_535),
        database_url=_database_url(_required(environ, "DATABASE_URL")),
        workers_count=_whole(environ, "WORKERS", "1", least=1, most=1_024),
        db_pool_total_count=_whole(environ, "DB_POOL_TOTAL", "8", least=1, most=10_000),
        file_cache_total_bytes=_whole(environ, "FILE_CACHE_BYTES", "16777216", least=0),
        session_ttl_sec=_whole(environ, "SESSION_TTL_SECONDS", "3600", least=1, most=LARGEST_INT32),
        event_streams_total_count=_whole(environ, "MAX_EVENT_STREAMS", "64", least=0, most=100_000),
        log_level=environ.get("LOG_LEVEL", "info"),
    )
    if config.log_level not in LOG_LEVELS:
        raise ConfigError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, not {config.log_level!r}")
    if config.pool_share_count < 1:
        raise ConfigError("DB_POOL_TOTAL must be at least WORKERS: each process has its own pool")
    return config


def load_config_or_exit(environ: Mapping[str, str]) -> Config:
    """The contract's answer to nonsense: one line on standard error and exit code 2."""
    try:
        return load_config(environ)
    except ConfigError as error:
        print(f"crud: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise ConfigError(f"{name} is required")
    return value


def _whole(environ: Mapping[str, str], name: str, default: str, *, least: int, most: int = 2**53 - 1) -> int:
    text = environ.get(name, default)
    if not WHOLE_NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise ConfigError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


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
