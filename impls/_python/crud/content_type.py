"""The grammar of Content-Type (RFC 9110, sections 5.6 and 8.3.1)."""

import re

from crud.problems import Problem

TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
# Without obs-text: a byte above 0x7E has no agreed encoding, so it cannot be kept as text.
QUOTED_STRING = r'"(?:[\t !\x23-\x5b\x5d-\x7e]|\\[\t -\x7e])*"'
MEDIA_TYPE = re.compile(rf"(?P<essence>{TOKEN}/{TOKEN})(?:[ \t]*;[ \t]*{TOKEN}=(?:{TOKEN}|{QUOTED_STRING}))*", re.ASCII)
MAX_CHARS = 127


def raw_content_type(header: str | None) -> str:
    """The header of a raw body, verbatim; raises the 415 problem."""
    value = (header or "").strip(" \t")
    if len(value) > MAX_CHARS or not MEDIA_TYPE.fullmatch(value):
        raise Problem(
            "unsupported-media-type",
            f"Content-Type must be type/subtype with optional parameters, {MAX_CHARS} characters at most.",
        )
    return value


def require_json(header: str | None) -> None:
    """Raises the 415 problem unless the header says application/json, whatever its parameters."""
    match = MEDIA_TYPE.fullmatch((header or "").strip(" \t"))
    if match is None or match["essence"].lower() != "application/json":
        raise Problem("unsupported-media-type", "Content-Type must be application/json.")
