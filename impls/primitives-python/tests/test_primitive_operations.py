"""Every operation in every variant does what it was asked, and its check would see it if it had not."""

from pathlib import Path

import pytest

from primitives.accounts import children_pids
from primitives.case import VARIANTS, Case
from primitives.operation import share_of, shares_of
from primitives.operations import make_operation
from primitives.operations.channel import received_count
from primitives.operations.lock import ThreadLock
from primitives.operations.timers import expect_one_fire, reject_fires
from primitives.stretch import Stretch

TIMED = [
    (primitive, variant)
    for primitive, (_, variants) in VARIANTS.items()
    for variant in variants
    if not primitive.startswith("memory-")
]
SIZES = {"channel": 3, "lock": 3, "wait-group": 3, "sort": 2}


def case_of(primitive: str, variant: str, data_file: Path) -> Case:
    return Case(primitive, variant, SIZES.get(primitive, 0), 1, 1, 0, 1, str(data_file))


@pytest.fixture
def data_file(tmp_path: Path) -> Path:
    path = tmp_path / "integers"
    path.write_bytes(bytes(range(64)))
    return path


@pytest.mark.parametrize(("primitive", "variant"), TIMED)
def test_as_many_operations_leave_their_trace_as_were_asked(primitive: str, variant: str, data_file: Path) -> None:
    operation = make_operation(case_of(primitive, variant, data_file))
    stretch = Stretch()
    operation.run(5, stretch)
    operation.run(2, stretch)
    assert operation.end() == 7
    assert stretch.wall_ns > 0
    assert stretch.cpu_ns > 0
    assert (operation.hash is None) == (primitive != "sort")


def test_a_lost_update_shows_in_the_counter(data_file: Path) -> None:
    operation = ThreadLock(case_of("lock", "thread-lock", data_file))
    operation.run(100, Stretch())
    operation._counter -= 1
    assert operation.end() == 99


def test_shares_are_even_and_lose_nothing() -> None:
    assert shares_of(10, 4) == [3, 3, 2, 2]
    assert [share_of(2, 4, unit) for unit in range(4)] == [1, 1, 0, 0]


def test_integers_that_do_not_add_up_are_an_error() -> None:
    assert received_count(3 + 1, [3, 2]) == 5
    with pytest.raises(ArithmeticError, match="add up to 5 instead of 4"):
        received_count(5, [3, 2])


def test_a_timer_that_fires_too_often_or_never_is_an_error() -> None:
    reject_fires(0)
    expect_one_fire(1)
    with pytest.raises(ArithmeticError, match="fired 2 times while"):
        reject_fires(2)
    with pytest.raises(ArithmeticError, match="fired 0 times after"):
        expect_one_fire(0)


def test_partners_in_other_processes_end_with_their_operation(data_file: Path) -> None:
    before = set(children_pids())
    operation = make_operation(case_of("message", "socket", data_file))
    made = set(children_pids()) - before
    assert made
    operation.run(1, Stretch())
    operation.end()
    assert len(set(children_pids()) & made) < len(made)  # multiprocessing's resource tracker may stay
