"""Merge sort in parts. The first levels of the recursion are split among units, the rest is the sequential sort."""

import sys
from array import array
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Thread

from primitives.case import Case
from primitives.children import sort_part
from primitives.merge_sort import merge, merge_sort, sort_range
from primitives.operation import Operation
from primitives.stretch import Stretch

Sort = Callable[[list[int], int], None]


class SortInParts(Operation):
    def __init__(self, case: Case, sort: Sort) -> None:
        self._integers = read_integers(Path(case.data_file).read_bytes())
        self._parts_count = case.size
        self._sort = sort
        self._sorted_count = 0

    def run(self, count: int, stretch: Stretch) -> None:
        for _ in range(count):
            integers = self._integers.copy()
            with stretch:
                self._sort(integers, self._parts_count)
            self._sorted_count += is_sorted(integers)
            self.hash = hash_integers(integers)

    def end(self) -> int:
        return self._sorted_count


def sort_in_threads(integers: list[int], parts_count: int) -> None:
    _sort_in_threads(integers, [0] * len(integers), 0, len(integers), parts_count)


def _sort_in_threads(integers: list[int], auxiliary: list[int], low: int, high: int, parts_count: int) -> None:
    if parts_count < 2:
        sort_range(integers, auxiliary, low, high)
        return
    middle = low + (high - low) // 2
    left = Thread(target=_sort_in_threads, args=(integers, auxiliary, low, middle, parts_count // 2))
    left.start()
    _sort_in_threads(integers, auxiliary, middle, high, parts_count // 2)
    left.join()
    merge(integers, auxiliary, low, middle, high)


def sort_in_processes(integers: list[int], parts_count: int) -> None:
    """Each part is sorted by a child made for it; this process merges what they send back."""
    if parts_count < 2:
        merge_sort(integers)
        return
    bounds = part_bounds(0, len(integers), parts_count)
    parts = [SortingChild(integers[low:high]) for low, high in pairwise(bounds)]
    for (low, high), part in zip(pairwise(bounds), parts, strict=True):
        integers[low:high] = part.take_back()
    auxiliary = [0] * len(integers)
    while len(bounds) > 2:
        for low, middle, high in zip(bounds[:-1:2], bounds[1::2], bounds[2::2], strict=True):
            merge(integers, auxiliary, low, middle, high)
        bounds = bounds[::2]


class SortingChild:
    """32-bit integers travel as they are in the file: the cheapest way between two Python processes."""

    def __init__(self, part: list[int]) -> None:
        context = get_context("spawn")
        self._connection: Connection
        self._connection, childs_end = context.Pipe()
        self._process: SpawnProcess = context.Process(target=sort_part, args=(childs_end,), daemon=True)
        self._process.start()
        childs_end.close()
        self._connection.send_bytes(array("i", part))

    def take_back(self) -> list[int]:
        part = array("i", self._connection.recv_bytes()).tolist()
        self._connection.close()
        self._process.join()
        return part


def part_bounds(low: int, high: int, parts_count: int) -> list[int]:
    """Where the recursion's first levels split: each at its middle, as the sort itself does."""
    if parts_count < 2:
        return [low, high]
    middle = low + (high - low) // 2
    return part_bounds(low, middle, parts_count // 2)[:-1] + part_bounds(middle, high, parts_count // 2)


def read_integers(data: bytes) -> list[int]:
    """Signed 32-bit integers, little endian."""
    integers = array("i", data)
    if sys.byteorder == "big":
        integers.byteswap()
    return integers.tolist()


def hash_integers(integers: list[int]) -> str:
    values = array("i", integers)
    if sys.byteorder == "big":
        values.byteswap()
    return sha256(values).hexdigest()


def is_sorted(integers: list[int]) -> bool:
    return all(left <= right for left, right in pairwise(integers))


VARIANTS: dict[str, Callable[[Case], Operation]] = {
    "threads": lambda case: SortInParts(case, sort_in_threads),
    "processes": lambda case: SortInParts(case, sort_in_processes),
}
