import pytest

from crud.paths import is_plain_path


@pytest.mark.parametrize(
    "path", ["/health", "/files/x", "/files/x/content", "//health", "/files/", "/files/.x", "/files/x.."]
)
def test_a_path_without_escapes_and_dot_segments_is_as_it_was_sent(path: str) -> None:
    assert is_plain_path(path)


@pytest.mark.parametrize(
    "path", ["/%68ealth", "/files/x%2Fcontent", "/health%0A", "/./health", "/x/../health", "/files/..", "/files/."]
)
def test_a_path_that_a_router_would_change_is_another_one(path: str) -> None:
    assert not is_plain_path(path)
