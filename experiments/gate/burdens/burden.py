"""The Flask application with a burden on it. The variables are known to `npm run burden` alone."""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from crud_flask.app import create_app


def _number(name: str) -> float:
    return float(os.environ.get(f"PACELINE_EXPERIMENT_{name}", "0"))


_burn_ns = round(_number("BURN_US") * 1_000)


def _burn(duration_ns: int) -> None:
    """Uses so much CPU: while another thread holds the interpreter, the wait does not count."""
    end = time.thread_time_ns() + duration_ns
    while time.thread_time_ns() < end:
        pass


_burn(round(_number("START_MS") * 1_000_000))
_held = bytearray(b"\x01") * (round(_number("HOLD_MIB")) << 20)


def create_burdened_app() -> Flask:
    """Burns before each answer but those to health checks."""
    app = create_app()
    serve = app.wsgi_app

    def burdened(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if _burn_ns > 0 and environ["PATH_INFO"] != "/health":
            _burn(_burn_ns)
        return serve(environ, start_response)

    app.wsgi_app = burdened  # type: ignore[method-assign]  # as Flask's documentation wraps it
    return app
