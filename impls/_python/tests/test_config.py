import pytest

from crud.config import Config, load_config, load_config_or_exit
from program.environment import ConfigError

NEEDED = {"HOST": "127.0.0.1", "PORT": "8080", "DATABASE_URL": "postgres://app:secret@127.0.0.1:5432/crud"}


def config_with(**changes: str) -> Config:
    return load_config({**NEEDED, **changes})


def test_the_defaults_are_those_of_the_contract() -> None:
    config = config_with()
    assert (config.workers_count, config.db_pool_total_count, config.session_ttl_sec) == (1, 8, 3600)
    assert (config.file_cache_total_bytes, config.event_streams_total_count) == (16_777_216, 64)
    assert config.log_level == "info"


def test_each_process_gets_the_floor_of_the_pool_and_the_ceiling_of_the_streams() -> None:
    config = config_with(WORKERS="3", DB_POOL_TOTAL="8", FILE_CACHE_BYTES="10", MAX_EVENT_STREAMS="64")
    assert config.pool_share_count == 2
    assert config.file_cache_share_bytes == 3
    assert config.event_streams_share_count == 22


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", ""),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80a"),
        ("WORKERS", "0"),
        ("WORKERS", "-1"),
        ("WORKERS", ""),
        ("DB_POOL_TOTAL", "1.5"),
        ("FILE_CACHE_BYTES", "-1"),
        ("SESSION_TTL_SECONDS", "0"),
        ("MAX_EVENT_STREAMS", "many"),
        ("LOG_LEVEL", "loud"),
        ("DATABASE_URL", "http://app:secret@127.0.0.1/crud"),
        ("DATABASE_URL", "postgres://app:secret@127.0.0.1:5432"),
        ("DATABASE_URL", "postgres://app:secret@127.0.0.1:5432/crud?sslmode=require"),
        ("DATABASE_URL", "postgres://app:secret@127.0.0.1:99999/crud"),
    ],
)
def test_an_invalid_value_is_rejected_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        config_with(**{name: value})


def test_a_pool_smaller_than_the_processes_is_rejected() -> None:
    with pytest.raises(ConfigError, match="DB_POOL_TOTAL"):
        config_with(WORKERS="3", DB_POOL_TOTAL="2")


def test_nonsense_ends_the_program_with_status_2_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        load_config_or_exit({})
    assert ending.value.code == 2
    assert capsys.readouterr().err == "crud: HOST is required\n"


def test_requests_are_logged_below_warn_only() -> None:
    assert config_with(LOG_LEVEL="info").logs_requests
    assert not config_with(LOG_LEVEL="warn").logs_requests
    assert config_with(LOG_LEVEL="warn").python_log_level == "WARNING"
