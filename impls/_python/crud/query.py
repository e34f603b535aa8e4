"""Query strings: only listed parameters count, each at most once, in valid UTF-8."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes
from uuid import UUID

from crud.identifiers import parse_id
from crud.problems import invalid

BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LIMIT = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
MAX_NAME_BYTES = 255
DEFAULT_LIMIT_COUNT = 20
MAX_LIMIT_COUNT = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: so many rows, below this id."""

    limit_count: int
    after: UUID | None


def query_values(raw: bytes, listed: Collection[str]) -> dict[str, str]:
    """The listed parameters that were given; raises the 422 problem."""
    values: dict[str, str] = {}
    for part in raw.split(b"&"):
        raw_key, _, raw_value = part.partition(b"=")
        key, value = _decoded(raw_key), _decoded(raw_value)
        if key not in listed:
            continue
        if key in values:
            raise invalid(f"The parameter {key} is given twice.")
        values[key] = value
    return values


def file_name(raw_query: bytes) -> str:
    name = query_values(raw_query, ("name",)).get("name", "")
    if not 1 <= len(name.encode()) <= MAX_NAME_BYTES or CONTROL_CHARACTER.search(name):
        raise invalid(f"name must have 1 to {MAX_NAME_BYTES} bytes of UTF-8 without control characters.")
    return name


def page(raw_query: bytes) -> Page:
    values = query_values(raw_query, ("limit", "after"))
    limit = values.get("limit", str(DEFAULT_LIMIT_COUNT))
    if not LIMIT.fullmatch(limit) or int(limit) > MAX_LIMIT_COUNT:
        raise invalid(f"limit must be a number from 1 to {MAX_LIMIT_COUNT}.")
    if "after" not in values:
        return Page(int(limit), None)
    after = parse_id(values["after"])
    if after is None:
        raise invalid("after must be a UUID.")
    return Page(int(limit), after)


def _decoded(raw: bytes) -> str:
    if BROKEN_ESCAPE.search(raw):
        raise invalid("The query has a broken percent-encoding.")
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise invalid("The query is not percent-encoded UTF-8.") from None
