import struct
from uuid import UUID

import pytest

from crud.aggregation import AggregationFailed, aggregate, check_sizes, mean
from crud.problems import Problem

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def vector(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def test_the_mean_is_taken_at_each_position() -> None:
    assert mean([vector(1, 2), vector(3, -4)]) == vector(2, -1)


def test_the_sum_is_float64_and_only_the_result_float32() -> None:
    # In float32 the sum would lose every 1: 2**24 + 1 rounds back to 2**24.
    assert mean([vector(2**24), vector(1), vector(1), vector(1)]) == vector((2**24 + 3) / 4)


def test_the_files_are_added_in_the_order_given() -> None:
    # In float64 2**60 + 1 is 2**60 again, so the 1 survives only where it comes last.
    assert mean([vector(2**60), vector(1), vector(-(2**60))]) == vector(0)
    assert mean([vector(2**60), vector(-(2**60)), vector(1)]) == vector(1 / 3)


def test_infinity_and_nan_are_values_like_others() -> None:
    (infinite,) = struct.unpack("<f", mean([vector(float("inf")), vector(1)]))
    assert infinite == float("inf")


def test_a_repeated_file_is_added_as_often_as_it_is_named() -> None:
    assert aggregate([A, B, A], {A: vector(1), B: vector(4)}) == vector(2)


@pytest.mark.parametrize(
    ("body_by_id", "reason"),
    [
        ({A: vector(1)}, "file-gone"),
        ({A: vector(1), B: vector(1, 2)}, "length-changed"),
        ({A: b"abc", B: b"abc"}, "length-changed"),
        ({A: b"", B: b""}, "length-changed"),
    ],
)
def test_files_that_changed_since_acceptance_fail_the_job(body_by_id: dict[UUID, bytes], reason: str) -> None:
    with pytest.raises(AggregationFailed, match=reason):
        aggregate([A, B], body_by_id)


@pytest.mark.parametrize(
    ("sizes", "status"),
    [({A: 4, B: 4}, 404), ({A: 4, B: 4, C: 8}, 422), ({A: 3, B: 3, C: 3}, 422), ({A: 0, B: 0, C: 0}, 422)],
)
def test_files_that_cannot_be_averaged_are_rejected_at_acceptance(sizes: dict[UUID, int], status: int) -> None:
    with pytest.raises(Problem) as refusal:
        check_sizes([A, B, C], sizes)
    assert refusal.value.status == status


def test_files_of_one_length_are_accepted() -> None:
    check_sizes([A, A, B], {A: 8, B: 8})
