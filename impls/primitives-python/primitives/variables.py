"""The four kinds of variables, as one makes them who does not think of memory."""

from collections.abc import Callable
from typing import Any

FIRST_INTEGER = 1_000


class Record:
    def __init__(self, identifier: int, score: float, name: str) -> None:
        self.id = identifier
        self.score = score
        self.name = name


def make_integers(count: int) -> list[int]:
    return list(range(FIRST_INTEGER, FIRST_INTEGER + count))


def make_floats(count: int) -> list[float]:
    return [index + 0.5 for index in range(count)]


def make_strings(count: int) -> list[str]:
    return [f"item-{index:07d}" for index in range(count)]


def make_records(count: int) -> list[Record]:
    return [Record(FIRST_INTEGER + index, index + 0.5, f"item-{index:07d}") for index in range(count)]


def is_right_integer(value: int, index: int) -> bool:
    return value == FIRST_INTEGER + index


def is_right_float(value: float, index: int) -> bool:
    return value == index + 0.5


def is_right_string(value: str, index: int) -> bool:
    return value == f"item-{index:07d}"


def is_right_record(value: Record, index: int) -> bool:
    return (
        is_right_integer(value.id, index) and is_right_float(value.score, index) and is_right_string(value.name, index)
    )


KINDS: dict[str, tuple[Callable[[int], list[Any]], Callable[[Any, int], bool]]] = {
    "int": (make_integers, is_right_integer),
    "float": (make_floats, is_right_float),
    "string": (make_strings, is_right_string),
    "record": (make_records, is_right_record),
}


def count_right(variables: list[Any], is_right: Callable[[Any, int], bool]) -> int:
    return sum(is_right(value, index) for index, value in enumerate(variables))
