"""The environment of the service, checked once at start."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from raft.core.config import NodeConfig

LOG_LEVELS = ("debug", "info", "warn", "error")
DURABILITIES = ("file", "fsync")
WHOLE_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
MILLISECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?", re.ASCII)


class ConfigError(ValueError):
    """A setting that makes no sense; the text names the variable."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a cluster."""

    host: str
    port: int
    data_dir: str
    cluster_size: int
    election_timeout_min_us: int
    election_timeout_max_us: int
    heartbeat_us: int
    network_delay_us: int
    durability: Literal["file", "fsync"]
    seed: int
    request_timeout_ms: int
    log_level: str

    @property
    def python_log_level(self) -> str:
        return "WARNING" if self.log_level == "warn" else self.log_level.upper()

    @property
    def logs_requests(self) -> bool:
        return self.log_level in ("debug", "info")

    def of_node(self, node_id: int) -> NodeConfig:
        return NodeConfig(
            id=node_id,
            cluster_size=self.cluster_size,
            election_timeout_min_us=self.election_timeout_min_us,
            election_timeout_max_us=self.election_timeout_max_us,
            heartbeat_us=self.heartbeat_us,
            max_batch_entries=64,
            window_entries=1024,
        )


def load_config(environ: Mapping[str, str], largest_cluster: int) -> Config:
    """Raises ConfigError at the first variable that is missing or makes no sense."""
    config = Config(
        host=_required(environ, "HOST"),
        port=_whole(environ, "PORT", _required(environ, "PORT"), least=1, most=65_535),
        data_dir=_required(environ, "DATA_DIR"),
        cluster_size=_whole(environ, "CLUSTER_SIZE", "3", least=1, most=largest_cluster),
        election_timeout_min_us=_microseconds(environ, "ELECTION_TIMEOUT_MIN_MS", "150"),
        election_timeout_max_us=_microseconds(environ, "ELECTION_TIMEOUT_MAX_MS", "300"),
        heartbeat_us=_microseconds(environ, "HEARTBEAT_MS", "75"),
        network_delay_us=_whole(environ, "NETWORK_DELAY_US", "0", least=0, most=10_000_000),
        durability="fsync" if _one_of(environ, "DURABILITY", DURABILITIES, "file") == "fsync" else "file",
        seed=_whole(environ, "SEED", "1", least=0, most=2**32 - 1),
        request_timeout_ms=_whole(environ, "REQUEST_TIMEOUT_MS", "2000", least=1, most=60_000),
        log_level=_one_of(environ, "LOG_LEVEL", LOG_LEVELS, "info"),
    )
    _refuse_impossible_times(config)
    return config


def load_config_or_exit(environ: Mapping[str, str], largest_cluster: int) -> Config:
    """The contract's answer to nonsense: one line on standard error and exit code 2."""
    try:
        return load_config(environ, largest_cluster)
    except ConfigError as error:
        print(f"raft: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _refuse_impossible_times(config: Config) -> None:
    if config.election_timeout_min_us > config.election_timeout_max_us:
        raise ConfigError("ELECTION_TIMEOUT_MIN_MS is more than ELECTION_TIMEOUT_MAX_MS")
    if config.heartbeat_us >= config.election_timeout_min_us:
        raise ConfigError(
            "HEARTBEAT_MS is not less than ELECTION_TIMEOUT_MIN_MS: followers would never wait for a beat"
        )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise ConfigError(f"{name} is required")
    return value


def _whole(environ: Mapping[str, str], name: str, default: str, *, least: int, most: int) -> int:
    text = environ.get(name, default)
    if not WHOLE_NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise ConfigError(f"{name} must be a whole number from {least} to {most}, not {text!r}")
    return int(text)


def _microseconds(environ: Mapping[str, str], name: str, default: str) -> int:
    text = environ.get(name, default)
    time_us = int(Decimal(text) * 1000) if MILLISECONDS.fullmatch(text) else 0
    if time_us <= 0:
        raise ConfigError(
            f"{name} must be milliseconds above 0, below 1000000000, with at most three decimals, not {text!r}"
        )
    return time_us


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    text = environ.get(name, default)
    if text not in allowed:
        raise ConfigError(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
    return text
