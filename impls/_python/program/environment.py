"""Reads the environment of a service, once at start."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

LOG_LEVELS = ("debug", "info", "warn", "error")
WHOLE_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
MAX_WHOLE_NUMBER = 2**53 - 1

T = TypeVar("T")


class ConfigError(ValueError):
    """A setting that is not valid; the text names the variable."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """The settings that every service has."""

    host: str
    port: int
    log_level: str

    @property
    def python_log_level(self) -> str:
        return "WARNING" if self.log_level == "warn" else self.log_level.upper()

    @property
    def logs_requests(self) -> bool:
        return self.log_level in ("debug", "info")


def or_exit(service: str, load: Callable[[], T]) -> T:
    """The contracts' answer to a bad setting: one line on standard error and exit code 2."""
    try:
        return load()
    except ConfigError as error:
        print(f"{service}: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise ConfigError(f"{name} is required")
    return value


def port_number(environ: Mapping[str, str]) -> int:
    return whole_number(environ, "PORT", required(environ, "PORT"), minimum=1, maximum=65_535)


def log_level(environ: Mapping[str, str]) -> str:
    return one_of(environ, "LOG_LEVEL", LOG_LEVELS, "info")


def whole_number(
    environ: Mapping[str, str], name: str, default: str, *, minimum: int, maximum: int = MAX_WHOLE_NUMBER
) -> int:
    text = environ.get(name, default)
    if not WHOLE_NUMBER.fullmatch(text) or not minimum <= int(text) <= maximum:
        raise ConfigError(f"{name} must be a whole number from {minimum} to {maximum}, not {text!r}")
    return int(text)


def one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    text = environ.get(name, default)
    if text not in allowed:
        raise ConfigError(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
    return text
