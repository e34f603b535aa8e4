"""One case: a primitive in a variant and size, and how long to look at it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class CaseError(ValueError):
    """A case that makes no sense; the text names the variable."""


@dataclass(frozen=True, slots=True)
class Case:
    primitive: str
    variant: str
    size: int  # 0: the primitive has none
    samples_count: int
    sample_ms: int
    warmup_ms: int
    budget_ms: int
    data_file: str


def no_size(size: int) -> bool:
    return size == 0


def any_size(size: int) -> bool:
    return size >= 0


def at_least_one(size: int) -> bool:
    return size >= 1


def power_of_two(size: int) -> bool:
    return size >= 1 and size & (size - 1) == 0


VARIANTS: dict[str, tuple[Callable[[int], bool], tuple[str, ...]]] = {
    "spawn": (no_size, ("task", "thread", "process")),
    "message": (no_size, ("queue", "asyncio-queue", "mp-queue", "socket")),
    "channel": (at_least_one, ("queue", "asyncio-queue", "mp-queue")),
    "lock": (at_least_one, ("thread-lock", "asyncio-lock")),
    "wait-group": (at_least_one, ("condition", "gather")),
    "timer": (no_size, ("thread-timer", "call-later")),
    "timer-drift": (no_size, ("thread-timer", "call-later")),
    "sort": (power_of_two, ("threads", "processes")),
    "memory-tasks": (any_size, ("task", "thread", "process")),
    "memory-variables": (any_size, ("int", "float", "string", "record")),
}


def read_case(environ: Mapping[str, str]) -> Case:
    """Raises CaseError at the first variable that is missing or makes no sense."""
    case = Case(
        primitive=_required(environ, "PRIMITIVE"),
        variant=_required(environ, "VARIANT"),
        size=_whole(environ, "SIZE", minimum=0),
        samples_count=_whole(environ, "SAMPLES", minimum=1),
        sample_ms=_whole(environ, "SAMPLE_MS", minimum=1),
        warmup_ms=_whole(environ, "WARMUP_MS", minimum=0),
        budget_ms=_whole(environ, "BUDGET_MS", minimum=1),
        data_file=environ.get("DATA_FILE", ""),
    )
    makes_sense, variants = VARIANTS.get(case.primitive, (any_size, ()))
    if case.variant not in variants:
        raise CaseError(f"PRIMITIVE {case.primitive!r} has no VARIANT {case.variant!r} here")
    if not makes_sense(case.size):
        raise CaseError(f"SIZE {case.size} makes no sense for {case.primitive}")
    if case.primitive == "sort" and not case.data_file:
        raise CaseError("DATA_FILE is required to sort")
    return case


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise CaseError(f"{name} is required")
    return value


def _whole(environ: Mapping[str, str], name: str, *, minimum: int) -> int:
    text = _required(environ, name)
    if not WHOLE_NUMBER.fullmatch(text) or int(text) < minimum:
        raise CaseError(f"{name} must be a whole number of at least {minimum}, not {text!r}")
    return int(text)
