"""Starts the service."""

import sys

from raft.host.program import run_program
from raft_asyncio.tasks import TaskSpawn

LARGEST_CLUSTER = 1001

if __name__ == "__main__":
    sys.exit(run_program(LARGEST_CLUSTER, TaskSpawn))
