from uuid import UUID

import pytest

from crud.problems import Problem
from crud.query import Page, file_name, page

SOME_ID = "0199e0a0-0000-7000-8000-00000000abcd"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"name=a", "a"),
        (b"name=%C3%A4+b%2Fc", "\u00e4 b/c"),
        (b"na%6De=a", "a"),
        (b"other=%C3%A4&other=1&name=a&&", "a"),
        (b"name=" + b"a" * 255, "a" * 255),
        (b"name=%F0%9F%98%80%E2%80%A8", "\U0001f600\u2028"),
    ],
)
def test_a_name_is_percent_encoded_utf8(raw: bytes, name: str) -> None:
    assert file_name(raw) == name


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"name",
        b"name=",
        b"Name=a",
        b"name=a&name=a",
        b"name=%FF",
        b"name=a&other=%FF",
        b"%zz=1&name=a",
        b"name=a&other=\xff",
        b"name=%ED%A0%80",
        b"name=%zz",
        b"name=%",
        b"name=%00",
        b"name=%C2%85",
        b"name=%7F",
        b"name=" + b"a" * 256,
        b"name=" + b"%C3%A4" * 128,
    ],
)
def test_any_other_name_is_rejected_with_422(raw: bytes) -> None:
    with pytest.raises(Problem) as refusal:
        file_name(raw)
    assert refusal.value.status == 422


def test_a_page_has_20_rows_by_default() -> None:
    assert page(b"") == Page(20, None)
    assert page(f"limit=100&after={SOME_ID.upper()}".encode()) == Page(100, UUID(SOME_ID))


@pytest.mark.parametrize(
    "raw",
    [
        b"limit=",
        b"limit=0",
        b"limit=101",
        b"limit=01",
        b"limit=%2B5",
        b"limit=5%0A",
        b"limit=%D9%A1",
        b"limit=1&limit=1",
    ],
)
def test_a_limit_outside_the_grammar_is_rejected(raw: bytes) -> None:
    with pytest.raises(Problem, match="limit"):
        page(raw)


@pytest.mark.parametrize("after", ["", "x", SOME_ID.replace("-", ""), "{" + SOME_ID + "}", "urn:uuid:" + SOME_ID])
def test_after_is_a_uuid_in_text_form(after: str) -> None:
    with pytest.raises(Problem, match="after"):
        page(f"after={after}".encode())
