"""Starts the service: one process as it is, several under the supervisor."""

import logging.config
import os
import sys

from crud.config import load_config_or_exit
from crud_asyncio.server import bind, serve
from crud_asyncio.supervisor import Supervisor
from program.logs import PROCESS_LINE_FORMAT, logging_config


def main() -> int:
    config = load_config_or_exit(os.environ)
    logging.config.dictConfig(logging_config(config, PROCESS_LINE_FORMAT))
    if config.workers_count == 1:
        serve(config)
        return 0
    # The modules are loaded by now, so the processes share their memory until they write to it.
    listening = bind(config)
    supervisor_pid = os.getpid()
    return Supervisor(config.workers_count, lambda: serve(config, listening, supervisor_pid)).run()


if __name__ == "__main__":
    sys.exit(main())
