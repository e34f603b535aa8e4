"""Starts the service."""

import sys

from raft.host.program import run_program
from raft_threads.threads import ThreadSpawn

MAX_CLUSTER = 1001

if __name__ == "__main__":
    sys.exit(run_program(MAX_CLUSTER, ThreadSpawn))
