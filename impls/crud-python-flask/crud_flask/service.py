"""The parts of one process, and how requests find them."""

from typing import cast

from flask import Flask, current_app

from crud.cache import FileCache
from crud.config import Config
from crud_flask.aggregator import Aggregator
from crud_flask.database import Database
from crud_flask.listener import Listener
from crud_flask.streams import StreamHub

CONFIG = "CRUD"
EXTENSION = "crud"


class Service:
    """Everything with a life of its own; threads and connections would not survive a fork."""

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


def start_service(app: Flask) -> Service:
    """Called after the fork: the application that the workers share holds nothing alive."""
    service = Service(app.config[CONFIG])
    app.extensions[EXTENSION] = service
    service.start()
    return service


def current_service() -> Service:
    return cast("Service", current_app.extensions[EXTENSION])
