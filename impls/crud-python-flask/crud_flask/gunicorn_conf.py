"""gunicorn's settings, from the environment of the contract."""

import os

from crud.config import load_config_or_exit

_config = load_config_or_exit(os.environ)

wsgi_app = "crud_flask.app:create_app()"
bind = f"[{_config.host}]:{_config.port}" if ":" in _config.host else f"{_config.host}:{_config.port}"
workers = _config.workers_count
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
control_socket_disable = True
loglevel = _config.python_log_level.lower()
errorlog = "-"
accesslog = "/dev/stderr" if _config.logs_requests else None
