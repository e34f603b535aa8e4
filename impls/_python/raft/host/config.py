"""The environment of the service, checked once at start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from program.environment import (
    ConfigError,
    ServerConfig,
    log_level,
    one_of,
    or_exit,
    port_number,
    required,
    whole_number,
)
from raft.core.config import NodeConfig

DURABILITIES = ("file", "fsync")
MILLISECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Config(ServerConfig):
    """The settings of a cluster."""

    data_dir: str
    cluster_size: int
    election_timeout_min_us: int
    election_timeout_max_us: int
    heartbeat_us: int
    network_delay_us: int
    durability: Literal["file", "fsync"]
    seed: int
    request_timeout_ms: int

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


def load_config(environ: Mapping[str, str], max_cluster_size: int) -> Config:
    """Raises ConfigError at the first variable that is missing or invalid."""
    config = Config(
        host=required(environ, "HOST"),
        port=port_number(environ),
        data_dir=required(environ, "DATA_DIR"),
        cluster_size=whole_number(environ, "CLUSTER_SIZE", "3", minimum=1, maximum=max_cluster_size),
        election_timeout_min_us=_microseconds(environ, "ELECTION_TIMEOUT_MIN_MS", "150"),
        election_timeout_max_us=_microseconds(environ, "ELECTION_TIMEOUT_MAX_MS", "300"),
        heartbeat_us=_microseconds(environ, "HEARTBEAT_MS", "75"),
        network_delay_us=whole_number(environ, "NETWORK_DELAY_US", "0", minimum=0, maximum=10_000_000),
        durability="fsync" if one_of(environ, "DURABILITY", DURABILITIES, "file") == "fsync" else "file",
        seed=whole_number(environ, "SEED", "1", minimum=0, maximum=2**32 - 1),
        request_timeout_ms=whole_number(environ, "REQUEST_TIMEOUT_MS", "2000", minimum=1, maximum=60_000),
        log_level=log_level(environ),
    )
    _reject_impossible_times(config)
    return config


def load_config_or_exit(environ: Mapping[str, str], max_cluster_size: int) -> Config:
    return or_exit("raft", lambda: load_config(environ, max_cluster_size))


def _reject_impossible_times(config: Config) -> None:
    if config.election_timeout_min_us > config.election_timeout_max_us:
        raise ConfigError("ELECTION_TIMEOUT_MIN_MS is more than ELECTION_TIMEOUT_MAX_MS")
    if config.heartbeat_us >= config.election_timeout_min_us:
        raise ConfigError(
            "HEARTBEAT_MS is not less than ELECTION_TIMEOUT_MIN_MS: followers would never wait for a beat"
        )


def _microseconds(environ: Mapping[str, str], name: str, default: str) -> int:
    text = environ.get(name, default)
    time_us = int(Decimal(text) * 1000) if MILLISECONDS.fullmatch(text) else 0
    if time_us <= 0:
        raise ConfigError(
            f"{name} must be milliseconds above 0, below 1000000000, with at most three decimals, not {text!r}"
        )
    return time_us
