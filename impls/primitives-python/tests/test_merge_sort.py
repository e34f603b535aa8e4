import random
from itertools import pairwise

import pytest

from primitives.merge_sort import merge_sort
from primitives.operations.sorting import (
    hash_integers,
    part_bounds,
    read_integers,
    sort_in_processes,
    sort_in_threads,
)


def drawn(count: int) -> list[int]:
    generator = random.Random(count)  # noqa: S311
    integers = [generator.randint(-(2**31), 2**31 - 1) for _ in range(count)]
    return integers + integers  # equal ones too


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 500])
def test_any_number_of_integers_is_sorted(count: int) -> None:
    integers = drawn(count)
    merge_sort(integers)
    assert integers == sorted(drawn(count))


def test_what_is_equal_keeps_its_order() -> None:
    values = [True, 1, 0, 1.0, False]  # equal, and distinguished by their types
    merge_sort(values)  # type: ignore[arg-type]
    assert [type(value) for value in values] == [int, bool, bool, int, float]


@pytest.mark.parametrize("parts_count", [1, 2, 4, 8])
@pytest.mark.parametrize("count", [0, 1, 5, 501])
def test_threads_sort_in_any_number_of_parts(count: int, parts_count: int) -> None:
    integers = drawn(count)
    sort_in_threads(integers, parts_count)
    assert integers == sorted(drawn(count))


@pytest.mark.parametrize(("count", "parts_count"), [(501, 1), (501, 4), (1, 2)])
def test_processes_sort_in_any_number_of_parts(count: int, parts_count: int) -> None:
    integers = drawn(count)
    sort_in_processes(integers, parts_count)
    assert integers == sorted(drawn(count))


def test_the_parts_are_where_the_recursion_splits() -> None:
    assert part_bounds(0, 11, 4) == [0, 2, 5, 8, 11]
    assert len(list(pairwise(part_bounds(0, 3, 8)))) == 8


def test_integers_are_read_and_hashed_as_the_file_has_them() -> None:
    assert read_integers(b"\x01\x00\x00\x00\xff\xff\xff\xff") == [1, -1]
    # printf '\1\0\0\0\377\377\377\377' | sha256sum
    assert hash_integers([1, -1]) == "b15348c8f462384c01e83b6d499c6faf3f96808f5aa07c6bab4b65b36b4445d4"
