import pytest

from program.environment import ConfigError
from raft.host.config import load_config

RIGHT = {"HOST": "127.0.0.1", "PORT": "8000", "DATA_DIR": "/data"}


def test_defaults_are_the_contracts() -> None:
    config = load_config(RIGHT, 301)
    assert (config.cluster_size, config.election_timeout_min_us, config.election_timeout_max_us) == (
        3,
        150_000,
        300_000,
    )
    assert (config.heartbeat_us, config.network_delay_us, config.durability, config.seed) == (75_000, 0, "file", 1)
    assert (config.request_timeout_ms, config.log_level) == (2000, "info")


def test_times_have_three_decimals_at_most() -> None:
    times = {"ELECTION_TIMEOUT_MIN_MS": "12", "ELECTION_TIMEOUT_MAX_MS": "24.125", "HEARTBEAT_MS": "0.5"}
    config = load_config(RIGHT | times, 301)
    assert (config.election_timeout_min_us, config.election_timeout_max_us, config.heartbeat_us) == (
        12_000,
        24_125,
        500,
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("HOST", ""),
        ("PORT", "0"),
        ("DATA_DIR", ""),
        ("CLUSTER_SIZE", "0"),
        ("CLUSTER_SIZE", "302"),
        ("ELECTION_TIMEOUT_MIN_MS", "0"),
        ("ELECTION_TIMEOUT_MIN_MS", "1.2345"),
        ("ELECTION_TIMEOUT_MAX_MS", "100"),
        ("HEARTBEAT_MS", "150"),
        ("NETWORK_DELAY_US", "10000001"),
        ("DURABILITY", "none"),
        ("SEED", "4294967296"),
        ("REQUEST_TIMEOUT_MS", "60001"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_an_invalid_value_is_rejected_by_name(name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load_config(RIGHT | {name: text}, 301)
