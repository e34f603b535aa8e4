"""Starts the service."""

import sys

from raft.host.program import run_program
from raft_threads.threads import ThreadSpawn

LARGEST_CLUSTER = 1001

if __name__ == "__main__":
    sys.exit(run_program(LARGEST_CLUSTER, ThreadSpawn))
