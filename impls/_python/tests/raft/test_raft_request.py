import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from raft.host.leader_crash import CrashOrder
from raft.host.problems import Problem
from raft.host.request import Request, parse_crash_order, read_after, read_value, require_key


def request(*chunks: bytes, query: bytes = b"") -> Request:
    events = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    rest = iter([*events, {"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        return next(rest)

    return Request({"query_string": query}, receive)


def kind_of(excinfo: pytest.ExceptionInfo[Problem]) -> str:
    return excinfo.value.kind


def test_a_body_may_come_in_chunks_and_be_as_long_as_the_contract_says() -> None:
    assert asyncio.run(read_value(request("wö".encode()[:2], "wö".encode()[2:]))) == "wö"
    assert len(asyncio.run(read_value(request(b"a" * 65_536)))) == 65_536
    with pytest.raises(Problem) as excinfo:
        asyncio.run(read_value(request(b"a" * 65_536, b"a")))
    assert kind_of(excinfo) == "content-too-large"


@pytest.mark.parametrize("body", [b"\xff", b"\xed\xa0\x80", b"\xc0\x80"])
def test_a_value_is_utf_8(body: bytes) -> None:
    with pytest.raises(Problem) as excinfo:
        asyncio.run(read_value(request(body)))
    assert kind_of(excinfo) == "invalid"


@pytest.mark.parametrize("key", ["", "a" * 65, "a%20", "a/b", "ö", "a\n"])
def test_a_key_of_other_characters_is_rejected(key: str) -> None:
    with pytest.raises(Problem):
        require_key(key)


def test_after_is_given_once_and_whole() -> None:
    assert [read_after(request(query=query)) for query in (b"", b"after=7", b"x=1&after=0")] == [0, 7, 0]
    for query in (b"after=", b"after=-1", b"after=1&after=2", b"after=1.5"):
        with pytest.raises(Problem) as excinfo:
            read_after(request(query=query))
        assert kind_of(excinfo) == "invalid"


def test_a_crash_order_is_read() -> None:
    assert parse_crash_order(b"{}") == CrashOrder()
    assert parse_crash_order(b'{"synchronise":true,"laggards":2}') == CrashOrder(synchronise=True, laggards=2)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "malformed-json"),
        (b"\xff", "malformed-json"),
        (b'{"laggards":NaN}', "malformed-json"),
        (b"[" * 65_000, "malformed-json"),
        (b"[]", "invalid"),
        (b'{"laggards":true}', "invalid"),
        (b'{"laggards":-1}', "invalid"),
        (b'{"laggards":1.5}', "invalid"),
        (b'{"synchronise":1}', "invalid"),
        (b'{"other":1}', "invalid"),
    ],
)
def test_an_invalid_crash_order_is_rejected(body: bytes, kind: str) -> None:
    with pytest.raises(Problem) as excinfo:
        parse_crash_order(body)
    assert kind_of(excinfo) == kind
