from uuid import UUID

from crud.cache import FileCache

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def test_a_body_is_found_under_its_version_only() -> None:
    cache = FileCache(10)
    cache.put(A, 1, b"old")
    assert cache.get(A, 1) == b"old"
    assert cache.get(A, 2) is None
    cache.put(A, 2, b"new")
    assert cache.get(A, 1) is None
    assert cache.get(A, 2) == b"new"


def test_the_least_recently_read_makes_room() -> None:
    cache = FileCache(8)
    cache.put(A, 1, b"aaaa")
    cache.put(B, 1, b"bbbb")
    cache.get(A, 1)
    cache.put(C, 1, b"cccc")
    assert cache.get(A, 1) == b"aaaa"
    assert cache.get(B, 1) is None


def test_a_body_larger_than_the_share_is_not_stored_and_evicts_nothing() -> None:
    cache = FileCache(4)
    cache.put(A, 1, b"aaaa")
    cache.put(B, 1, b"bbbbb")
    assert cache.get(B, 1) is None
    assert cache.get(A, 1) == b"aaaa"


def test_empty_bodies_are_stored_but_not_without_limit() -> None:
    cache = FileCache(2)
    for file_id in (A, B, C):
        cache.put(file_id, 1, b"")
    assert cache.get(A, 1) is None
    assert cache.get(C, 1) == b""


def test_a_dropped_body_is_gone_and_an_unknown_one_no_error() -> None:
    cache = FileCache(4)
    cache.put(A, 1, b"a")
    cache.drop(A)
    cache.drop(A)
    assert cache.get(A, 1) is None
