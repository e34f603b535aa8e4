"""The runner as the harness sees it: a program, its environment, its standard streams."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
CASE = {"SAMPLES": "2", "SAMPLE_MS": "2", "WARMUP_MS": "2", "BUDGET_MS": "600000", "SEED": "1", "DATA_FILE": ""}


def start(primitive: str, variant: str, size: str = "0", **change: str) -> subprocess.Popen[str]:
    named = {"PRIMITIVE": primitive, "VARIANT": variant, "SIZE": size, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "primitives"],
        env=os.environ | CASE | named | change,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result_of(runner: subprocess.Popen[str]) -> dict[str, Any]:
    assert runner.stdout is not None
    lines = runner.stdout.readlines()
    assert runner.wait() == 0, runner.stderr and runner.stderr.read()
    result: dict[str, Any] = json.loads(lines[-1])
    return result


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_a_timed_case_prints_one_line_and_its_counts_agree() -> None:
    with start("lock", "asyncio-lock", "2") as runner:
        result = result_of(runner)
    assert (result["type"], result["primitive"], result["variant"], result["size"]) == (
        "time",
        "lock",
        "asyncio-lock",
        2,
    )
    assert len(result["samples"]) == 2
    assert len(result["emptyLoop"]) == 3
    assert all(sample["wallNs"] > 0 and sample["cpuNs"] > 0 for sample in result["samples"])
    sampled_count = sum(sample["operationCount"] for sample in result["samples"])
    assert result["check"]["askedCount"] == result["check"]["doneCount"]
    assert result["check"]["askedCount"] == result["warmupOperationCount"] + sampled_count


def test_a_spent_budget_leaves_one_sample() -> None:
    with start("timer-drift", "call-later", SAMPLES="50", BUDGET_MS="1") as runner:
        result = result_of(runner)
    assert [sample["operationCount"] for sample in result["samples"]] == [20]
    assert result["emptyLoop"] == []
    assert result["size"] is None


@pytest.mark.parametrize(("variant", "size"), [("task", "50"), ("thread", "5"), ("process", "2")])
def test_waiting_tasks_rest_until_a_line_comes(variant: str, size: str) -> None:
    with start("memory-tasks", variant, size) as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        ready = json.loads(runner.stdout.readline())
        assert (ready["type"], ready["doneCount"]) == ("ready", int(size))
        runner.stdin.write("go\n")
        runner.stdin.flush()
        result = result_of(runner)
    assert result["check"] == {"askedCount": int(size), "doneCount": int(size), "hash": None}


def test_the_end_of_standard_input_ends_the_runner_and_its_children() -> None:
    with start("memory-tasks", "process", "2") as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        runner.stdout.readline()
        runner.stdin.close()
        assert runner.stdout.read() == ""  # its children had this open too
        assert runner.wait() == 1


def test_sigterm_ends_the_runner_while_it_measures() -> None:
    with start("message", "mp-queue", SAMPLES="100000", BUDGET_MS="100000", WARMUP_MS="100000") as runner:
        assert runner.stdout is not None
        while len(children_of(runner.pid)) < 2:  # the partner, and multiprocessing's resource tracker
            time.sleep(0.01)
        runner.terminate()
        assert runner.stdout.read() == ""
        assert runner.wait() == 143


def test_nonsense_is_one_line_and_exit_code_2() -> None:
    with start("lock", "no-lock", "1") as runner:
        output, errors = runner.communicate()
    assert (runner.returncode, output) == (2, "")
    assert errors.splitlines() == ["primitives-python: PRIMITIVE 'lock' has no VARIANT 'no-lock' here"]
