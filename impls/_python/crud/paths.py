"""Paths as the contract matches them: as they were sent."""

import re

# An escape, or a segment that means another path: no path of the contract has one.
ODDITY = re.compile(r"%|/\.\.?(?:/|\Z)")


def is_plain_path(raw_path: str) -> bool:
    """False where a router would make another path of it."""
    return ODDITY.search(raw_path) is None
