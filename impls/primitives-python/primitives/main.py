"""What the command line starts. What a kind does not need is not imported: memory is measured of this very process."""

import os
import sys

from primitives.case import Case, CaseError, read_case
from primitives.lifeline import Lifeline, end_at_once

EXIT_FAILED = 1
EXIT_USAGE = 2


def main() -> int:
    try:
        case = read_case(os.environ)
    except CaseError as error:
        print(f"primitives-python: {error}", file=sys.stderr)
        return EXIT_USAGE
    lifeline = Lifeline()
    try:
        _run(case, lifeline)
    except (ArithmeticError, OSError, RuntimeError) as error:
        # Threads and processes that wait for each other are not waited for.
        print(f"primitives-python: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        end_at_once(EXIT_FAILED)
    lifeline.is_over = True
    return 0


def _run(case: Case, lifeline: Lifeline) -> None:
    if case.primitive.startswith("memory-"):
        from primitives.memory import hold_memory  # noqa: PLC0415

        hold_memory(case, lifeline)
    else:
        from primitives.timing import time_operations  # noqa: PLC0415

        time_operations(case)
