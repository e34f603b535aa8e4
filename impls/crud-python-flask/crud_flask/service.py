"""The parts of one process, and how requests find them."""

from typing import cast

from flask import Flask, current_app

from crud.cache import FileCache
from crud.config import Config
from crud_flask.aggregator import Aggregator
from crud_flask.database import Database
from crud_flask.listener import Listener
from crud_flask.streams import StreamHub

EXTENSION = "crud"


class Service:
    """Everything with a life of its own; started after the fork, because neither threads nor connections survive it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.database = Database(config)
        self.cache = FileCache(config.file_cache_share_bytes)
        self.streams = StreamHub(config.event_streams_share_count)
        self._aggregator = Aggregator(self.database)
        self._listener = Listener(config.database_url, self.database, self.streams, self._aggregator)

    def start(self) -> None:
        self.database.open()
        self._aggregator.start()
        self._listener.start()

    def stop(self) -> None:
        self.streams.close()
        self._listener.stop()
        self._aggregator.stop()
        self.database.close()


def service_of(app: Flask) -> Service:
    return cast("Service", app.extensions[EXTENSION])


def current_service() -> Service:
    return service_of(current_app)
