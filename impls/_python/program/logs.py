"""Sends all log lines to standard error."""

from typing import Any

from program.environment import ServerConfig

LINE_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# For services of several processes.
PROCESS_LINE_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def logging_config(config: ServerConfig, line_format: str, *server_loggers: str) -> dict[str, Any]:
    """For logging.config.dictConfig. A server handles the lines of its own loggers unless they are named here."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": line_format}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "root": {"level": config.python_log_level, "handlers": ["stderr"]},
        "loggers": {name: {"level": config.python_log_level, "propagate": True} for name in server_loggers},
    }
