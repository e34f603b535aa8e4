"""Entity tags: a file's tag is its version in quotes (RFC 9110, sections 8.8.3 and 13.1)."""

import re

VERSION_TAG = re.compile(r'"([1-9][0-9]{0,9})"', re.ASCII)
LARGEST_VERSION = 2_147_483_647


def entity_tag(version: int) -> str:
    return f'"{version}"'


def none_match_matches(header: str | None, version: int) -> bool:
    """Whether If-None-Match names this version, compared weakly: the answer is then 304."""
    if header is None:
        return False
    if header.strip(" \t") == "*":
        return True
    tag = entity_tag(version)
    return any(element.removeprefix("W/") == tag for element in _elements(header))


def match_versions(header: str) -> list[int] | None:
    """The versions If-Match asks for, compared strongly; None for `*`. What does not parse matches nothing."""
    if header.strip(" \t") == "*":
        return None
    matches = (VERSION_TAG.fullmatch(element) for element in _elements(header))
    versions = [int(match[1]) for match in matches if match]
    return [version for version in versions if version <= LARGEST_VERSION]


def _elements(header: str) -> list[str]:
    # A comma inside a quoted tag splits it in two halves that match no version, as the whole would not.
    return [element.strip(" \t") for element in header.split(",")]
