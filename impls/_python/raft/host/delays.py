"""The one-way delays that messages really had, in microseconds."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

# Delays kept by a whole cluster; each node keeps an equal share.
KEPT_COUNT = 4096


class DelaySummary(NamedTuple):
    sample_count: int
    min_us: int
    p50_us: int
    p99_us: int
    max_us: int

    def members(self) -> dict[str, int]:
        return dict(zip(("count", "min", "p50", "p99", "max"), self, strict=True))


def kept_delays(cluster_size: int) -> deque[int]:
    return deque(maxlen=-(-KEPT_COUNT // cluster_size))


def summarize(delays_us: Iterable[int]) -> DelaySummary | None:
    ordered = sorted(delays_us)
    if not ordered:
        return None
    count = len(ordered)
    p50, p99 = (ordered[-(-count * percent // 100) - 1] for percent in (50, 99))
    return DelaySummary(count, ordered[0], p50, p99, ordered[-1])
