import pytest

from crud.tokens import bearer_digest, token_digest


@pytest.mark.parametrize("header", ["Bearer abc", "bEARER abc", "Bearer   abc"])
def test_a_token_follows_its_scheme_and_spaces(header: str) -> None:
    assert bearer_digest(header) == token_digest("abc")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc", "Bearer\tabc"])
def test_there_is_no_token_without_both(header: str | None) -> None:
    assert bearer_digest(header) is None


@pytest.mark.parametrize("header", ["Bearer \tabc", "Bearer abc,", "Bearer abc, Bearer abc"])
def test_whatever_else_stands_there_belongs_to_the_token(header: str) -> None:
    assert bearer_digest(header) != token_digest("abc")
