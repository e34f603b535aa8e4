"""From a leader's crash to its successor's first heartbeat at every other live node: the contract, section 9."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from raft.host.mail import RoleReport

KEPT_COUNT = 10_000
ANSWERED_COUNT = 1_000


class Crash(NamedTuple):
    id: int
    term: int
    at_us: int


class Success(NamedTuple):
    """A leader of a later term that every live node has heard of."""

    leader: int
    term: int
    elected_at_us: int
    completed_at_us: int


@dataclass(slots=True)
class Election:
    """The last six are None until it is complete, for ever if the cluster changes first."""

    number: int
    crash: Crash
    live_count: int
    success: Success | None = None

    def members(self) -> dict[str, object]:
        done = self.success
        return {
            "number": self.number,
            "crashedId": self.crash.id,
            "crashedTerm": self.crash.term,
            "crashedAtUs": self.crash.at_us,
            "liveCount": self.live_count,
            "leader": done and done.leader,
            "term": done and done.term,
            "electedAtUs": done and done.elected_at_us,
            "completedAtUs": done and done.completed_at_us,
            "electionUs": done and done.completed_at_us - self.crash.at_us,
            "terms": done and done.term - self.crash.term,
        }


class ElectionLog:
    def __init__(self) -> None:
        self._elections: deque[Election] = deque(maxlen=KEPT_COUNT)
        self._count = 0
        self._reports: dict[int, RoleReport] = {}
        # The nodes that must hear of the new leader; None: no election is being timed.
        self._live_ids: Sequence[int] | None = None

    def opened(self, crash: Crash, live_ids: Sequence[int]) -> None:
        """A leader was crashed; live_ids are the nodes neither crashed nor isolated."""
        self._count += 1
        self._elections.append(Election(self._count, crash, len(live_ids)))
        self._live_ids = live_ids
        self._complete()

    def lost(self, node_id: int) -> None:
        """Another node crashed: its word is waited for no longer."""
        if self._live_ids is not None:
            self._live_ids = [live_id for live_id in self._live_ids if live_id != node_id]
            self._complete()

    def disturbed(self) -> None:
        """The cluster changed otherwise: an election under way can no longer be timed."""
        self._live_ids = None

    def reported(self, node_id: int, report: RoleReport) -> None:
        self._reports[node_id] = report
        self._complete()

    def after(self, number: int) -> list[Election]:
        """Those with a greater number, oldest first."""
        first = self._count - len(self._elections)
        start = max(0, number - first)
        return [self._elections[i] for i in range(start, min(start + ANSWERED_COUNT, len(self._elections)))]

    def _complete(self) -> None:
        if self._live_ids is None:
            return
        election = self._elections[-1]
        election.success = find_success(election.crash.term, self._live_ids, self._reports)
        if election.success is not None:
            self._live_ids = None


def find_success(crashed_term: int, live_ids: Sequence[int], reports: Mapping[int, RoleReport]) -> Success | None:
    known = [reports[live_id] for live_id in live_ids if live_id in reports]
    leader = next((one for one in known if one.role == "leader" and one.term > crashed_term), None)
    if leader is None or len(known) < len(live_ids):
        return None
    if any((one.term, one.leader) != (leader.term, leader.leader) for one in known):
        return None
    return Success(leader.leader, leader.term, leader.at_us, max(one.at_us for one in known))
