import json
from collections.abc import Callable
from uuid import UUID

import pytest

from crud.json_bodies import Credentials, parse_aggregation, parse_log_in, parse_sign_up
from crud.problems import Problem

SOME_ID = "0199e0a0-0000-7000-8000-00000000abcd"


def status_of(parse: Callable[[bytes], object], body: bytes) -> int:
    with pytest.raises(Problem) as refusal:
        parse(body)
    return refusal.value.status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} x",
        b"\xff",
        b'{"name":"\xff"}',
        b'\xef\xbb\xbf{"name":"abc","password":"12345678"}',
        '{"name":"abc","password":"12345678"}'.encode("utf-16"),
        b'{"name":NaN,"password":"12345678"}',
        b'{"name":-Infinity}',
    ],
)
def test_what_is_not_utf8_json_is_malformed(body: bytes) -> None:
    assert status_of(parse_sign_up, body) == 400


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "x",
        [],
        {},
        {"name": "abc"},
        {"name": "abc", "password": "12345678", "more": 1},
        {"Name": "abc", "password": "12345678"},
        {"name": 5, "password": "12345678"},
        {"name": True, "password": "12345678"},
        {"name": "abc", "password": 12_345_678},
        {"name": "abc", "password": None},
        {"name": "abc", "password": ["12345678"]},
        {"name": "ab", "password": "12345678"},
        {"name": "Abc", "password": "12345678"},
        {"name": "abc\n", "password": "12345678"},
        {"name": "a" * 65, "password": "12345678"},
        {"name": "abc", "password": "1234567"},
        {"name": "abc", "password": "\U0001f600" * 7},
        {"name": "abc", "password": "x" * 129},
    ],
)
def test_a_sign_up_that_is_not_exactly_as_listed_is_invalid(value: object) -> None:
    assert status_of(parse_sign_up, json.dumps(value).encode()) == 422


def test_a_number_of_thousands_of_digits_is_invalid_but_not_malformed() -> None:
    assert status_of(parse_sign_up, b'{"name":' + b"1" * 5_000 + b',"password":"12345678"}') == 422


@pytest.mark.parametrize("depth", [900, 980, 1_100, 30_000])
def test_what_nests_deeper_than_the_parser_reads_is_invalid_but_not_malformed(depth: int) -> None:
    assert status_of(parse_sign_up, b"[" * depth + b"]" * depth) == 422


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert parse_log_in(b'{"name":5,"password":"x","name":"a"}') == Credentials("a", "x")
    assert status_of(parse_log_in, b'{"name":"a","password":"x","name":5}') == 422


def test_a_password_is_counted_in_code_points() -> None:
    credentials = parse_sign_up(json.dumps({"name": "a.b_c-9", "password": "\U0001f600" * 128}).encode())
    assert credentials == Credentials("a.b_c-9", "\U0001f600" * 128)


def test_a_log_in_takes_any_strings_of_1_to_128_characters() -> None:
    assert parse_log_in(b'{"name":"A B\\u0000","password":"x"}') == Credentials("A B\0", "x")
    assert status_of(parse_log_in, b'{"name":"","password":"x"}') == 422
    assert status_of(parse_log_in, json.dumps({"name": "x", "password": "x" * 129}).encode()) == 422


def test_an_aggregation_keeps_order_and_repeats() -> None:
    other = SOME_ID.replace("abcd", "1234")
    body = json.dumps({"fileIds": [SOME_ID.upper(), other, SOME_ID]}).encode()
    assert parse_aggregation(body) == [UUID(SOME_ID), UUID(other), UUID(SOME_ID)]


@pytest.mark.parametrize(
    "file_ids",
    [None, SOME_ID, [], [SOME_ID] * 65, [SOME_ID, None], [1], ["x"], [SOME_ID.replace("-", "")], [[SOME_ID]], {}],
)
def test_any_other_list_of_files_is_invalid(file_ids: object) -> None:
    assert status_of(parse_aggregation, json.dumps({"fileIds": file_ids}).encode()) == 422
