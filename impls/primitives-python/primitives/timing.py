"""The kinds time and lateness, by pyperf.

paceline starts this runner as a fresh process several times over, as pyperf's own manager starts its workers. So pyperf
is run here as such a worker (--worker): in this very process it calibrates the number of loops and takes the values.
Its time function also takes the CPU time of exactly the same stretch, which pyperf does not know.
"""

import contextlib
import math
import platform
import sys
import time

import pyperf

from primitives.accounts import NS_PER_SEC
from primitives.case import Case
from primitives.census import Census
from primitives.operation import EmptyLoop, Operation
from primitives.operations import make_operation
from primitives.operations.drift import ROUND_MS
from primitives.protocol import Line, say
from primitives.stretch import Stretch

DRIFT_ROUNDS_COUNT = 20
MAX_EMPTY_COUNT = 10_000_000
EMPTY_SAMPLES_COUNT = 3
CLOCK_PAIRS_COUNT = 10_000
NS_PER_MS = 1_000_000

Sample = dict[str, int]


class Timed:
    """An operation, and all that was asked of it."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.asked_count = 0
        self.samples: list[Sample] = []

    def run(self, count: int) -> Sample:
        stretch = Stretch()
        self.operation.run(count, stretch)
        self.asked_count += count
        return {"operationCount": count, "wallNs": stretch.wall_ns, "cpuNs": stretch.cpu_ns}

    def take_sample(self, loops: int) -> float:
        """pyperf's time function: the wall time in seconds."""
        self.samples.append(self.run(loops))
        return self.samples[-1]["wallNs"] / NS_PER_SEC


def time_operations(case: Case) -> None:
    budget_ends = time.monotonic() + case.budget_ms / 1_000
    timed = Timed(make_operation(case))
    with Census(with_children=case.primitive != "spawn") as census:
        longest = warm_up(timed, case)
    with contextlib.redirect_stdout(sys.stderr):
        runner = PyperfWorker(case, timed)
        calibrated = longest if is_long_enough(longest, case) else runner.calibrate()
        warmup_count = timed.asked_count
        runner.take_samples(calibrated["operationCount"], values_count(case, calibrated, budget_ends))
    asked_count, done_count = timed.asked_count, timed.operation.end()
    check = {"askedCount": asked_count, "doneCount": done_count, "hash": timed.operation.hash}
    is_drift = case.primitive == "timer-drift"
    named: Line = {"type": "time", "primitive": case.primitive, "variant": case.variant, "size": case.size or None}
    measured: Line = {
        "tool": f"pyperf {pyperf.__version__} ({platform.python_implementation()} {platform.python_version()})",
        "samples": [lateness(sample) for sample in timed.samples] if is_drift else timed.samples,
        "emptyLoop": [] if is_drift else time_empty_loop(calibrated["operationCount"]),
        "clockStepNs": clock_step_ns(),
        "warmupOperationCount": warmup_count,
        "osThreadCount": census.threads_count,
        "processCount": census.processes_count,
    }
    say(named | measured | {"check": check})


class PyperfWorker:
    """pyperf's Runner as one of its own workers; its warm-ups are ours, which last for a time instead of a number."""

    def __init__(self, case: Case, timed: Timed) -> None:
        self._timed = timed
        self._name = f"{case.primitive}/{case.variant}/{case.size}"
        self._runner = pyperf.Runner()
        self._arguments = ["--worker", "--warmups=0", f"--min-time={case.sample_ms / 1_000}", "--values=1"]

    def calibrate(self) -> Sample:
        """The first sample that is long enough, by pyperf's doubling. It is part of the warm-up."""
        self._runner.parse_args([*self._arguments, "--calibrate-loops"])
        self._bench(f"{self._name} calibration")
        calibrated = self._timed.samples[-1]
        self._timed.samples = []
        return calibrated

    def take_samples(self, loops: int, count: int) -> None:
        arguments = self._runner.args or self._runner.parse_args([*self._arguments, f"--loops={loops}"])
        arguments.calibrate_loops = False
        arguments.loops, arguments.values = loops, count
        kept = [value * loops for value in self._bench(self._name).get_values()]
        taken = [sample["wallNs"] / NS_PER_SEC for sample in self._timed.samples]
        if len(kept) != len(taken) or not all(map(math.isclose, kept, taken)):
            raise RuntimeError(f"pyperf keeps other values ({kept}) than were taken ({taken})")

    def _bench(self, name: str) -> pyperf.Benchmark:
        return self._runner.bench_time_func(name, self._timed.take_sample)


def warm_up(timed: Timed, case: Case) -> Sample:
    """Runs the operation until it has been run for the time asked, at least once. Returns the last and longest run."""
    if case.primitive == "timer-drift":
        return timed.run(DRIFT_ROUNDS_COUNT)
    ends = time.monotonic() + case.warmup_ms / 1_000
    count = 1
    run = timed.run(count)
    while time.monotonic() < ends:
        count *= 2
        run = timed.run(count)
    return run


def is_long_enough(run: Sample, case: Case) -> bool:
    """Whether there is nothing to calibrate: one operation alone lasts for a sample, or their number is given."""
    is_single = run["operationCount"] == 1 and run["wallNs"] >= case.sample_ms * NS_PER_MS
    return is_single or case.primitive == "timer-drift"


def values_count(case: Case, calibrated: Sample, budget_ends: float) -> int:
    """As many samples as begin within the budget, one in any case."""
    left_sec = max(0.0, budget_ends - time.monotonic())
    return min(case.samples_count, 1 + int(left_sec * NS_PER_SEC / calibrated["wallNs"]))


def time_empty_loop(count: int) -> list[Sample]:
    empty = Timed(EmptyLoop())
    return [empty.run(min(count, MAX_EMPTY_COUNT)) for _ in range(EMPTY_SAMPLES_COUNT)]


def lateness(sample: Sample) -> Sample:
    """What the rounds took beyond their length."""
    return sample | {"wallNs": sample["wallNs"] - sample["operationCount"] * ROUND_MS * NS_PER_MS}


def clock_step_ns() -> int:
    """The smallest difference above zero between two readings of the clock, of many pairs."""
    clock = time.perf_counter_ns
    steps = (-(clock() - clock()) for _ in range(CLOCK_PAIRS_COUNT))
    return min(step for step in steps if step > 0)
