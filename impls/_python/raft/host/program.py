"""Runs a whole cluster: uvicorn in front, nodes behind it."""

import logging.config
import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

import uvicorn
import uvloop

from program.logs import LINE_FORMAT, logging_config
from raft.host.app import App
from raft.host.cluster import Cluster
from raft.host.config import Config, load_config_or_exit
from raft.host.folder_lock import CannotStart, lock_folder
from raft.host.leader_crash import LeaderCrash
from raft.host.log_file import ForeignFile
from raft.host.slot import Spawn

# More than the 75 s of the contract: the client closes first, so no request meets a closing connection.
KEEP_ALIVE_SEC = 90
# What is still in flight then is cancelled; the contract allows 10 s for all of it.
GRACEFUL_SHUTDOWN_SEC = 7
BACKLOG_COUNT = 2048
# Threads that wait for the disk, where durability is fsync.
MAX_SYNCING_THREADS = 32


class MakeSpawn(Protocol):
    """Called on the event loop: how nodes run is all that differs between the programs."""

    def __call__(self, config: Config, executor: Executor) -> Spawn: ...


def run_program(max_cluster_size: int, make_spawn: MakeSpawn) -> int:
    """The exit code, once a signal has ended it all."""
    config = load_config_or_exit(os.environ, max_cluster_size)
    logging.config.dictConfig(logging_config(config, LINE_FORMAT))
    try:
        uvloop.run(_run(config, make_spawn))
    except CannotStart as error:
        print(f"cannot start: {error}", file=sys.stderr)
        return 3
    return 0


async def _run(config: Config, make_spawn: MakeSpawn) -> None:
    threads = ThreadPoolExecutor(min(config.cluster_size, MAX_SYNCING_THREADS), "disk")
    with _starting(config) as listening, threads as executor:
        cluster = Cluster(config, make_spawn(config, executor))
        server = _server(config, App(cluster, LeaderCrash(config, cluster)))
        try:
            _start_nodes(cluster)
            await server.serve([listening])
        finally:
            await cluster.stop()


@contextmanager
def _starting(config: Config) -> Iterator[socket.socket]:
    """The folder, then the port: nodes of a program that cannot serve would write their logs for nothing."""
    with lock_folder(config.data_dir), _listen(config) as listening:
        yield listening


def _listen(config: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=BACKLOG_COUNT)
    except OSError as error:
        raise CannotStart(f"{config.host}:{config.port}: {error.strerror}") from error


def _start_nodes(cluster: Cluster) -> None:
    try:
        cluster.start()
    except (ForeignFile, OSError) as error:
        raise CannotStart(str(error)) from error


def _server(config: Config, app: App) -> uvicorn.Server:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SEC,
            timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SEC,
            access_log=config.logs_requests,
            log_config=None,
        )
    )
    # uvicorn repeats the signal after its shutdown, for the handlers it found: the default one would
    # end an orderly exit with status 143.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    return server
