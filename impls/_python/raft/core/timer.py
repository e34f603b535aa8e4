"""The one restartable timer of a node: an election's for followers and candidates, the heartbeat's for a leader."""

from raft.core.config import NodeConfig
from raft.core.generator import advance, mix


class Timer:
    """A deadline in the time that the host passes in, and the generator that election time-outs are drawn from."""

    __slots__ = ("_heartbeat_us", "_range_us", "_shortest_us", "deadline_us", "random")

    def __init__(self, config: NodeConfig) -> None:
        self.deadline_us = 0
        self.random = 0
        self._shortest_us = config.election_timeout_min_us
        self._range_us = config.election_timeout_max_us - config.election_timeout_min_us + 1
        self._heartbeat_us = config.heartbeat_us

    def reset_election(self, now_us: int) -> None:
        """Draws a new time-out, each time."""
        self.random = advance(self.random)
        self.deadline_us = now_us + self._shortest_us + mix(self.random) % self._range_us

    def reset_heartbeat(self, now_us: int) -> None:
        self.deadline_us = now_us + self._heartbeat_us
