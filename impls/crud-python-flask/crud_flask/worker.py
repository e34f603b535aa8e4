"""gunicorn's thread worker, taught about event streams."""

from types import FrameType

from gunicorn.workers.gthread import ThreadWorker

from crud_flask.service import Service, start_service


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

    def is_parent_alive(self) -> bool:
        # Asked once a second: a worker whose master was killed stops by itself.
        alive: bool = super().is_parent_alive()
        if not alive:
            self._end_streams()
        return alive

    def _end_streams(self) -> None:
        if self.service is not None:
            self.service.streams.close()
