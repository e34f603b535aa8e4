"""gunicorn's settings, from the environment of the contract."""

import os
import socket
import sys

from crud.config import load_config_or_exit
from program.logs import PROCESS_LINE_FORMAT, logging_config

_config = load_config_or_exit(os.environ)

wsgi_app = "crud_flask.app:create_app()"
bind = f"[{_config.host}]:{_config.port}" if ":" in _config.host else f"{_config.host}:{_config.port}"
workers = _config.workers_count
# One listening socket shared by all goes to the first worker awake: of 8 connections opened at once one worker got 7.
# With a socket each, Linux deals them out; elsewhere the last one bound would get them all.
reuse_port = workers > 1 and sys.platform == "linux"
worker_class = "crud_flask.worker.StreamingWorker"
# An event stream holds a thread for its whole life, so each has one beside those that use the pool.
# Threads are started when first needed: unused places cost nothing.
threads = _config.pool_share_count + _config.event_streams_share_count
worker_connections = 1_000 + threads
# More than the 75 s of the contract: the client closes first, so no request meets a closing connection.
keepalive = 90
# Kept-alive connections linger 2 s of these; all within the contract's 10 s.
graceful_timeout = 8
# Safe, because the service itself is made after the fork (worker.py); saves about 4 MiB of private memory a worker.
preload_app = True
# No proxy stands before this service. From loopback, which it trusts by default, gunicorn would take the path's prefix
# (SCRIPT_NAME), the path and the scheme from headers, and fail where they contradict the request.
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# Its maximum, so that a target of the contract's minimum length fits.
limit_request_line = 8_190
control_socket_disable = True
loglevel = _config.python_log_level.lower()
# Access lines would go to standard output. Where there are none, gunicorn must not be asked to compose them either.
logconfig_dict = (
    logging_config(_config, PROCESS_LINE_FORMAT, "gunicorn.access", "gunicorn.error") if _config.logs_requests else {}
)


def on_starting(_server: object) -> None:
    """With reuse_port each worker binds, and would try for ever: a port in use has to end the program instead."""
    family = socket.AF_INET6 if ":" in _config.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_config.host, _config.port))
        except OSError as error:
            print(f"crud: cannot listen on {bind}: {error}", file=sys.stderr)
            sys.exit(1)
