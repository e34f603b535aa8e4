"""Identifiers as clients write them."""

import re
from uuid import UUID

from crud.problems import not_found

UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def parse_id(text: str) -> UUID | None:
    # Not UUID(text) alone: that also takes braces, a urn: prefix and missing hyphens.
    return UUID(text) if UUID_TEXT.fullmatch(text) else None


def path_id(text: str) -> UUID:
    """The {id} of a path; one that is not a UUID names nothing."""
    identifier = parse_id(text)
    if identifier is None:
        raise not_found()
    return identifier
