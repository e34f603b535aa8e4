"""uvicorn in one process."""

import os
import signal
import socket

import uvicorn

from crud.config import Config
from crud_asyncio.app import create_app
from crud_asyncio.protocol import ProblemProtocol
from crud_asyncio.service import Service
from program.logs import PROCESS_LINE_FORMAT, logging_config

# More than the 75 s of the contract: the client closes first, so no request meets a closing connection.
KEEP_ALIVE_SEC = 90
# What is still in flight then is cancelled; the contract allows 10 s for all of it.
GRACEFUL_SHUTDOWN_SEC = 7


class Server(uvicorn.Server):
    """Ends the event streams before it waits for answers to end, and itself when its supervisor is gone."""

    def __init__(self, config: uvicorn.Config, service: Service, supervisor_pid: int | None) -> None:
        super().__init__(config)
        self._service = service
        self._supervisor_pid = supervisor_pid

    async def on_tick(self, counter: int) -> bool:
        if self._supervisor_pid is not None and os.getppid() != self._supervisor_pid:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.streams.close()
        await super().shutdown(sockets)


def bind(config: Config) -> socket.socket:
    """The socket that all processes accept from."""
    return uvicorn.Config("", host=config.host, port=config.port, log_config=None).bind_socket()


def serve(config: Config, listening: socket.socket | None = None, supervisor_pid: int | None = None) -> None:
    """Returns when the process has got a signal to stop and has stopped."""
    service = Service(config)
    server = Server(_uvicorn_config(config, service), service, supervisor_pid)
    # uvicorn repeats the signal after its shutdown, for the handlers it found: the default one would
    # end an orderly exit with status 143.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    server.run(None if listening is None else [listening])


def _uvicorn_config(config: Config, service: Service) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(service),
        host=config.host,
        port=config.port,
        loop="uvloop",
        http=ProblemProtocol,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SEC,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SEC,
        access_log=config.logs_requests,
        log_config=logging_config(config, PROCESS_LINE_FORMAT, "uvicorn", "uvicorn.access", "uvicorn.error"),
    )
