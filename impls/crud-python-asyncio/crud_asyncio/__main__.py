"""Starts the service: one process as it is, several under the supervisor."""

import logging.config
import os
import sys

from crud.config import load_config_or_exit
from crud.logs import logging_config
from crud_asyncio.server import bind, serve
from crud_asyncio.supervisor import Supervisor


def main() -> int:
    config = load_config_or_exit(os.environ)
    logging.config.dictConfig(logging_config(config))
    if config.workers_count == 1:
        serve(config)
        return 0
    # The modules are loaded by now, so the processes share their memory until they write to it.
    listening = bind(config)
    supervisor_pid = os.getpid()
    return Supervisor(config.workers_count, lambda: serve(config, listening, supervisor_pid)).run()


if __name__ == "__main__":
    sys.exit(main())
