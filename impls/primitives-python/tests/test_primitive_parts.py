"""The parts that operations are made of."""

import hashlib
import threading
import time
from multiprocessing import get_context
from typing import Any

import pytest

from primitives.accounts import cpu_ns, living_children_cpu_ns
from primitives.census import Census
from primitives.children import answer_queue
from primitives.restartable_timer import RestartableTimer
from primitives.stretch import Stretch
from primitives.variables import KINDS, count_right
from primitives.wait_group import WaitGroup


def test_a_wait_group_waits_for_every_unit() -> None:
    group, order = WaitGroup(), list[str]()
    waiting, late = threading.Event(), threading.Event()

    def wait() -> None:
        waiting.set()
        group.wait()
        order.append("waited")

    def last_unit() -> None:
        late.wait()
        order.append("done")
        group.done()

    group.add(2)
    group.done()
    threads = [threading.Thread(target=target) for target in (wait, last_unit)]
    for thread in threads:
        thread.start()
    waiting.wait()
    time.sleep(0.05)  # one that does not wait has its chance
    late.set()
    for thread in threads:
        thread.join()
    assert order == ["done", "waited"]


def test_an_empty_wait_group_does_not_wait() -> None:
    WaitGroup().wait()


def test_a_restarted_timer_fires_once_and_a_stopped_one_never() -> None:
    fired: list[str] = []
    over = threading.Event()

    def fire_last() -> None:
        fired.append("restarted")
        over.set()

    # Half a second: time enough to stop it on a machine that is busy.
    stopped = RestartableTimer(0.5, lambda: fired.append("stopped"))
    restarted = RestartableTimer(60.0, fire_last)
    stopped.start()
    stopped.stop()
    restarted.start()
    restarted.restart()
    restarted.restart(0.7)
    assert over.wait(20)
    assert fired == ["restarted"]
    assert restarted.started_count == 3


@pytest.mark.parametrize("kind", list(KINDS))
def test_variables_are_what_the_declaration_says_and_a_wrong_one_is_found(kind: str) -> None:
    make, is_right = KINDS[kind]
    variables: list[Any] = make(100)
    assert count_right(variables, is_right) == 100
    variables[7] = variables[8]
    assert count_right(variables, is_right) == 99


def test_a_stretch_adds_up_and_leaves_out_what_is_between() -> None:
    stretch = Stretch()
    with stretch:
        burn()
    once_ns = stretch.cpu_ns
    burn()
    assert stretch.cpu_ns == once_ns
    with stretch:
        burn()
    assert stretch.cpu_ns > once_ns


def test_a_stretch_adds_what_children_that_live_on_have_spent_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own, children = iter([100, 107]), iter([{1: 10, 2: 20}, {1: 25, 2: 20, 3: 4}])
    monkeypatch.setattr("primitives.stretch.cpu_ns", lambda: next(own))
    monkeypatch.setattr("primitives.stretch.living_children_cpu_ns", lambda: next(children))
    stretch = Stretch()
    with stretch:
        pass
    assert stretch.cpu_ns == 7 + 15 + 4


def test_the_cpu_of_a_child_is_its_own_and_moves_to_the_parent_when_it_ends() -> None:
    context = get_context("spawn")
    there, back = context.Queue(), context.Queue()
    partner = context.Process(target=answer_queue, args=(there, back), daemon=True)
    partner.start()
    back.get()
    pid = partner.pid or 0
    before_ns = living_children_cpu_ns()[pid]
    for value in range(100):
        there.put(value)
        back.get()
    after_ns = living_children_cpu_ns()[pid]
    assert after_ns > before_ns
    ended_before_ns = cpu_ns()
    partner.kill()
    partner.join()
    assert pid not in living_children_cpu_ns()
    assert cpu_ns() - ended_before_ns > after_ns - 10_000_000  # the kernel counts both, by clocks of different steps


def test_a_census_counts_the_threads_that_take_part() -> None:
    over = threading.Event()
    threads = [threading.Thread(target=over.wait) for _ in range(20)]
    with Census(with_children=False) as census:
        for thread in threads:
            thread.start()
        while (census.threads_count or 0) < len(threads):
            burn()
        over.set()
        for thread in threads:
            thread.join()
    assert census.processes_count == 1


def burn() -> None:
    hashlib.sha256(bytes(1_000_000)).digest()
