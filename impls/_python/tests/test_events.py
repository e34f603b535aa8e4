from uuid import UUID

import pytest

from crud.events import event_text, last_event_id
from crud.problems import Problem


def test_an_event_is_written_as_the_contract_shows_it() -> None:
    row = (7, UUID(int=1), "failed", None, "file-gone")
    assert event_text(row) == (
        b"id: 7\nevent: aggregation\n"
        b'data: {"aggregationId":"00000000-0000-0000-0000-000000000001","status":"failed",'
        b'"resultFileId":null,"reason":"file-gone"}\n\n'
    )


@pytest.mark.parametrize(
    ("header", "seen"), [(None, None), ("0", 0), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 5_000, 2**63 - 1)]
)
def test_the_last_event_id_is_digits_however_many(header: str | None, seen: int | None) -> None:
    assert last_event_id(header) == seen


@pytest.mark.parametrize("header", ["", "x", "-1", "+1", "1.0", "1 ", "1\n", "\u0661", "\u00b2"])
def test_any_other_last_event_id_is_invalid(header: str) -> None:
    with pytest.raises(Problem) as refusal:
        last_event_id(header)
    assert refusal.value.status == 422
