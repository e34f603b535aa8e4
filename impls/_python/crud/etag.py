"""Entity tags: a file's tag is its version in quotes (RFC 9110, sections 8.8.3 and 13.1)."""

import re

# obs-text is a part of RFC 9110's etagc, and header values are Latin-1 here.
ENTITY_TAG = r'(?:W/)?"[!\x23-\x7e\x80-\xff]*"'
TAG_LIST = re.compile(rf"[ \t,]*{ENTITY_TAG}(?:[ \t]*,[ \t,]*{ENTITY_TAG})*[ \t,]*")
LISTED_TAG = re.compile(ENTITY_TAG)
VERSION_TAG = re.compile(r'"([1-9][0-9]{0,9})"', re.ASCII)
MAX_VERSION = 2_147_483_647


def entity_tag(version: int) -> str:
    return f'"{version}"'


def none_match_matches(header: str | None, version: int) -> bool:
    """Whether If-None-Match names this version, compared weakly: the answer is then 304."""
    if header is None:
        return False
    if header.strip(" \t") == "*":
        return True
    tag = entity_tag(version)
    return any(listed.removeprefix("W/") == tag for listed in _listed_tags(header))


def match_versions(header: str) -> list[int] | None:
    """The versions If-Match asks for, compared strongly; None for `*`. What does not parse matches nothing."""
    if header.strip(" \t") == "*":
        return None
    matches = (VERSION_TAG.fullmatch(listed) for listed in _listed_tags(header))
    versions = [int(match[1]) for match in matches if match]
    return [version for version in versions if version <= MAX_VERSION]


def _listed_tags(header: str) -> list[str]:
    """None where any part of the list does not parse."""
    return LISTED_TAG.findall(header) if TAG_LIST.fullmatch(header) else []
