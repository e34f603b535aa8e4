"""One module a primitive: its operation in each variant."""

from collections.abc import Callable
from importlib import import_module

from primitives.case import Case
from primitives.operation import Operation

MODULES = {
    "spawn": "spawn",
    "message": "message",
    "channel": "channel",
    "lock": "lock",
    "wait-group": "groups",
    "timer": "timers",
    "timer-drift": "drift",
    "sort": "sorting",
}


def make_operation(case: Case) -> Operation:
    """Imports what the case needs and no more."""
    module = import_module(f"primitives.operations.{MODULES[case.primitive]}")
    variants: dict[str, Callable[[Case], Operation]] = module.VARIANTS
    return variants[case.variant](case)
