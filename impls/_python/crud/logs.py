"""Where log lines go: standard error, whoever writes them."""

from typing import Any

from crud.config import Config


def logging_config(config: Config, *server_loggers: str) -> dict[str, Any]:
    """For logging.config.dictConfig. Servers keep their loggers' lines to themselves unless these are named."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"level": config.python_log_level, "handlers": ["stderr"]},
        "loggers": {name: {"level": config.python_log_level, "propagate": True} for name in server_loggers},
    }
