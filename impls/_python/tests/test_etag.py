import pytest

from crud.etag import entity_tag, match_versions, none_match_matches


def test_a_tag_is_the_version_in_quotes() -> None:
    assert entity_tag(7) == '"7"'


@pytest.mark.parametrize(
    "header", ['"7"', 'W/"7"', "*", '"1", "7"', '"1",W/"7" ', ', ,"7",', '"a,b","7"', '"\xe9","7"']
)
def test_if_none_match_compares_weakly(header: str) -> None:
    assert none_match_matches(header, 7)


@pytest.mark.parametrize(
    "header",
    [None, "", "7", '"07"', '"8"', 'w/"7"', '"1", *', '"7', 'x, "7"', '"7", "x', '"7" x', '"7""8"', '*, "7"', ","],
)
def test_if_none_match_is_not_matched_by_what_does_not_parse(header: str | None) -> None:
    assert not none_match_matches(header, 7)


@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ("*", None),
        ('"7"', [7]),
        ('"1" , "7"', [1, 7]),
        ('W/"7"', []),
        ('"1", W/"7"', [1]),
        ('"1", x', []),
        ('"1", "x', []),
        ('"1", *', []),
        ('"1" "7"', []),
        (',"1",,"7" ,', [1, 7]),
        ('"a,1", "7"', [7]),
        ("", []),
        ('"07"', []),
        ('"2147483647"', [2_147_483_647]),
        ('"2147483648"', []),
        ('"a,b"', []),
    ],
)
def test_if_match_compares_strongly(header: str, versions: list[int] | None) -> None:
    assert match_versions(header) == versions
