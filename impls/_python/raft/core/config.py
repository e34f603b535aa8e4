"""What a node knows of its cluster."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """id is 1 to cluster_size; heartbeat_us is less than election_timeout_min_us."""

    id: int
    cluster_size: int
    election_timeout_min_us: int
    election_timeout_max_us: int
    heartbeat_us: int
    # Most entries of one append_entries.
    max_batch_entries: int
    # Entries sent to a peer that it has not confirmed: beyond them nothing new is sent.
    window_entries: int

    @property
    def majority(self) -> int:
        return majority_of(self.cluster_size)


def majority_of(cluster_size: int) -> int:
    return cluster_size // 2 + 1
