"""The parts that operations are made of."""

import hashlib
import threading
import time
from multiprocessing import get_context
from typing import Any

import pytest

from primitives.accounts import living_children_cpu_ns
from primitives.census import Census
from primitives.children import answer_queue
from primitives.restartable_timer import RestartableTimer
from primitives.stretch import Stretch
from primitives.variables import KINDS, count_right
from primitives.wait_group import WaitGroup


def test_a_wait_group_waits_for_every_unit() -> None:
    group, counted = WaitGroup(), [0] * 4
    group.add(len(counted))

    def unit(index: int) -> None:
        counted[index] = 1
        group.done()

    for index in range(len(counted)):
        threading.Thread(target=unit, args=(index,)).start()
    group.wait()
    assert counted == [1, 1, 1, 1]


def test_a_wait_group_that_nobody_was_added_to_does_not_wait() -> None:
    WaitGroup().wait()


def test_a_restarted_timer_fires_once_and_a_stopped_one_never() -> None:
    fired: list[str] = []
    over = threading.Event()

    def fire_last() -> None:
        fired.append("restarted")
        over.set()

    stopped = RestartableTimer(0.001, lambda: fired.append("stopped"))
    restarted = RestartableTimer(60.0, fire_last)
    stopped.start()
    stopped.stop()
    restarted.start()
    restarted.restart()
    restarted.restart(0.01)
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


def test_a_stretch_counts_the_cpu_of_a_child_that_lives_on() -> None:
    context = get_context("spawn")
    there, back = context.Queue(), context.Queue()
    partner = context.Process(target=answer_queue, args=(there, back), daemon=True)
    partner.start()
    back.get()
    assert partner.pid is not None
    child_before_ns = living_children_cpu_ns()[partner.pid]
    own_before_ns = time.process_time_ns()
    stretch = Stretch()
    with stretch:
        for value in range(200):
            there.put(value)
            back.get()
    own_ns = time.process_time_ns() - own_before_ns
    child_ns = living_children_cpu_ns()[partner.pid] - child_before_ns
    partner.kill()
    partner.join()
    assert child_ns > 0
    assert stretch.cpu_ns > child_ns / 2 + own_ns / 2


def test_a_census_counts_the_threads_and_processes_that_take_part_but_not_itself() -> None:
    over = threading.Event()
    threads_before = threading.active_count()
    with Census(with_children=False) as census:
        thread = threading.Thread(target=over.wait)
        thread.start()
        while census.threads_count is not None and census.threads_count <= threads_before:
            burn()
        over.set()
        thread.join()
    assert census.processes_count == 1


def burn() -> None:
    hashlib.sha256(bytes(1_000_000)).digest()
