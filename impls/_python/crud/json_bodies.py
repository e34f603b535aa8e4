"""The three JSON bodies: strict about syntax, keys and types."""

import json
import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from crud.identifiers import parse_id
from crud.problems import Problem, invalid

MAX_JSON_BYTES = 65_536
USER_NAME = re.compile(r"[a-z0-9._-]{3,64}", re.ASCII)
MAX_CREDENTIAL_CHARS = 128
MIN_PASSWORD_CHARS = 8
MAX_FILES_COUNT = 64


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password, as sent."""

    name: str
    password: str


def parse_sign_up(body: bytes) -> Credentials:
    credentials = _credentials(body)
    if not is_user_name(credentials.name):
        raise invalid("name must match ^[a-z0-9._-]{3,64}$.")
    if not MIN_PASSWORD_CHARS <= len(credentials.password) <= MAX_CREDENTIAL_CHARS:
        raise invalid(f"password must have {MIN_PASSWORD_CHARS} to {MAX_CREDENTIAL_CHARS} characters.")
    return credentials


def parse_log_in(body: bytes) -> Credentials:
    credentials = _credentials(body)
    for text in (credentials.name, credentials.password):
        if not 1 <= len(text) <= MAX_CREDENTIAL_CHARS:
            raise invalid(f"name and password must have 1 to {MAX_CREDENTIAL_CHARS} characters.")
    return credentials


def parse_aggregation(body: bytes) -> list[UUID]:
    file_ids = _object(body, {"fileIds"})["fileIds"]
    if not isinstance(file_ids, list) or not 1 <= len(file_ids) <= MAX_FILES_COUNT:
        raise invalid(f"fileIds must be a list of 1 to {MAX_FILES_COUNT} ids.")
    parsed = [parse_id(item) for item in file_ids if isinstance(item, str)]
    identifiers = [identifier for identifier in parsed if identifier is not None]
    if len(identifiers) != len(file_ids):
        raise invalid("fileIds must hold UUIDs.")
    return identifiers


def is_user_name(text: str) -> bool:
    """Whether a user can have this name; log-in asks too, because PostgreSQL fails at U+0000."""
    return USER_NAME.fullmatch(text) is not None


def _credentials(body: bytes) -> Credentials:
    members = _object(body, {"name", "password"})
    name, password = members["name"], members["password"]
    if not isinstance(name, str) or not isinstance(password, str):
        raise invalid("name and password must be strings.")
    return Credentials(name, password)


def _object(body: bytes, keys: AbstractSet[str]) -> dict[str, object]:
    value = _parse(body)
    if not isinstance(value, dict) or value.keys() != keys:
        raise invalid(f"The body must be an object with exactly the keys {', '.join(sorted(keys))}.")
    return value


def _parse(body: bytes) -> object:
    # Decoded here because json.loads would also take UTF-16 and UTF-32. Numbers become floats because no body
    # of the contract holds one, and int fails (with a ValueError) at what has thousands of digits yet is JSON.
    try:
        value: object = json.loads(body.decode(), parse_constant=_reject_constant, parse_int=float)
    except RecursionError:
        # Nothing the contract takes nests half as deep; the rest is not checked for well-formedness.
        raise invalid("The body nests too deeply.") from None
    except ValueError:
        raise Problem("malformed-json", "The body is not JSON in UTF-8.") from None
    return value


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
