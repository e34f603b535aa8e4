"""gunicorn's thread worker, taught about event streams."""

import socket
from types import FrameType

from gunicorn import util
from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker

from crud.problems import Problem
from crud_flask.service import Service, start_service
from program.problems import MEDIA_TYPE

# The first that fits; what is not listed is malformed.
PROBLEM_KINDS: tuple[tuple[type[ParseException], str], ...] = (
    (LimitRequestLine, "uri-too-long"),
    (LimitRequestHeaders, "head-too-large"),
    (ExpectationFailed, "expectation-failed"),
    (UnsupportedTransferCoding, "not-implemented"),
    (ParseException, "malformed-request"),
)


class StreamingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Starts the service after the fork. Told to stop, it ends the streams first, for each holds a thread."""

    service: Service | None = None

    def run(self) -> None:
        self.service = start_service(self.wsgi)
        try:
            super().run()
        finally:
            self.service.stop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._end_streams()
        super().handle_exit(sig, frame)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """What gunicorn's parser rejects is a problem too. Its own answer is HTML, and a warning in the log."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        kind = next(kind for errors, kind in PROBLEM_KINDS if isinstance(exc, errors))
        problem = Problem(kind, "These bytes are no request that this server takes.")
        body = problem.body()
        head = (
            f"HTTP/1.1 {problem.status} {problem.title}\r\nConnection: close\r\n"
            f"Content-Type: {MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.log.info("a request was refused: %s", exc)
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError as error:
            self.log.debug("the client did not read the problem: %s", error)

    def is_parent_alive(self) -> bool:
        # Asked once a second: a worker whose master was killed stops by itself.
        alive: bool = super().is_parent_alive()
        if not alive:
            self._end_streams()
        return alive

    def _end_streams(self) -> None:
        if self.service is not None:
            self.service.streams.close()
