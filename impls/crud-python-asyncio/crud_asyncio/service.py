"""The parts of one process, and how requests find them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request

from crud.cache import FileCache
from crud.config import Config
from crud_asyncio.aggregator import Aggregator
from crud_asyncio.database import Database
from crud_asyncio.listener import Listener
from crud_asyncio.streams import StreamHub

Result = TypeVar("Result")

# WORKERS threads a service, so one in each of its WORKERS processes.
CPU_THREADS_COUNT = 1


class Service:
    """Everything with a life of its own."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.database = Database(config)
        self.cache = FileCache(config.file_cache_share_bytes)
        self.streams = StreamHub(config.event_streams_share_count)
        self._executor = ThreadPoolExecutor(CPU_THREADS_COUNT, thread_name_prefix="cpu")

    async def run_on_thread(self, work: Callable[..., Result], *arguments: object) -> Result:
        """For what needs the CPU for long: scrypt never runs on the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.database.open()
        aggregator = Aggregator(self.database, self._executor)
        listener = Listener(self.config.database_url, self.streams, aggregator)
        tasks = [asyncio.create_task(aggregator.run()), asyncio.create_task(listener.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.database.close()
            self._executor.shutdown()


async def current_service(request: Request) -> Service:
    return cast("Service", request.app.state.service)


CurrentService = Annotated[Service, Depends(current_service)]
