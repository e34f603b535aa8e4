"""What a request asks for, checked."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from raft.host.leader_crash import CrashOrder
from raft.host.problems import Problem, invalid

MAX_BODY_BYTES = 65_536
KEY = re.compile(r"[A-Za-z0-9._~-]{1,64}", re.ASCII)
ELECTION_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Request:
    """scope and receive are ASGI's."""

    scope: Scope
    receive: Receive

    @property
    def method(self) -> str:
        method: str = self.scope["method"]
        return method

    @property
    def path(self) -> str:
        """As it was sent, undecoded."""
        raw_path: bytes = self.scope["raw_path"]
        return raw_path.decode("latin-1")

    async def body(self) -> bytes:
        """Raises Problem content-too-large."""
        chunks: list[bytes] = []
        size_bytes = 0
        more = True
        while more:
            event = await self.receive()
            if event["type"] == "http.disconnect":
                raise ClientGone
            chunk: bytes = event.get("body", b"")
            size_bytes += len(chunk)
            if size_bytes > MAX_BODY_BYTES:
                raise Problem("content-too-large", f"the body may have {MAX_BODY_BYTES} bytes at most")
            chunks.append(chunk)
            more = event.get("more_body", False)
        return b"".join(chunks)


def require_key(text: str) -> str:
    if not KEY.fullmatch(text):
        raise invalid("a key is 1 to 64 letters, digits, dots, underscores, tildes and hyphens")
    return text


async def read_value(request: Request) -> str:
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError:
        raise invalid("the value is not UTF-8") from None


def read_after(request: Request) -> int:
    query: bytes = request.scope["query_string"]
    texts = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("after", ["0"])
    if len(texts) > 1 or not ELECTION_NUMBER.fullmatch(texts[0]):
        raise invalid("after is a whole number, given once")
    return int(texts[0])


async def read_crash_order(request: Request) -> CrashOrder:
    body = await request.body()
    return parse_crash_order(body) if body else CrashOrder()


def parse_crash_order(body: bytes) -> CrashOrder:
    members = _parse_json(body)
    if not isinstance(members, dict):
        raise invalid("the body is not a JSON object")
    synchronise, laggards = members.pop("synchronise", False), members.pop("laggards", 0)
    # 1.0 is the whole number 1 in JSON; True is an int in Python.
    if isinstance(laggards, float) and laggards.is_integer():
        laggards = int(laggards)
    is_right = isinstance(synchronise, bool) and type(laggards) is int and 0 <= laggards < 2**53
    if not is_right or members:
        raise invalid("synchronise is true or false, laggards a whole number, and there is nothing else")
    return CrashOrder(synchronise, laggards)


def _parse_json(body: bytes) -> object:
    def reject(_: str) -> None:
        raise ValueError

    try:
        value: object = json.loads(body.decode(), parse_constant=reject)
    except (ValueError, RecursionError):
        raise Problem("malformed-json", "the body is not JSON in UTF-8") from None
    return value
