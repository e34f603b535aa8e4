import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from crud.answers import aggregation_body, file_members, files_body, time_text
from crud.identifiers import parse_id
from crud.problems import STATUSES_AND_TITLES, Problem, method_not_allowed, unauthorized, unavailable
from crud.query import Page

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 6_000, tzinfo=UTC)


def file_row(number: int) -> tuple[object, ...]:
    return (UUID(int=number), "n\u00e4me", "text/plain", 3, 1, MOMENT, MOMENT)


def test_a_time_has_milliseconds_and_z() -> None:
    assert time_text(MOMENT) == "2026-01-02T03:04:05.006Z"
    assert time_text(datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=1)))) == "2026-01-01T23:00:00.000Z"


def test_a_file_has_the_keys_of_the_contract() -> None:
    assert list(file_members(file_row(1))) == [
        "id",
        "name",
        "contentType",
        "sizeBytes",
        "version",
        "createdAt",
        "updatedAt",
    ]


def test_a_page_links_to_the_next_only_when_there_is_one_row_more() -> None:
    rows = [file_row(3), file_row(2), file_row(1)]
    body, link = files_body(rows, Page(2, None))
    assert [file["id"][-1] for file in json.loads(body)["files"]] == ["3", "2"]
    assert link == '</files?limit=2&after=00000000-0000-0000-0000-000000000002>; rel="next"'
    assert files_body(rows, Page(3, None))[1] is None


def test_what_is_not_known_of_an_aggregation_is_null() -> None:
    members = json.loads(aggregation_body((UUID(int=1), "pending", None, None, MOMENT, None)))
    assert members == {
        "id": str(UUID(int=1)),
        "status": "pending",
        "resultFileId": None,
        "reason": None,
        "createdAt": "2026-01-02T03:04:05.006Z",
        "finishedAt": None,
    }


@pytest.mark.parametrize("kind", STATUSES_AND_TITLES)
def test_a_problem_names_its_type_and_status(kind: str) -> None:
    problem = Problem(kind, "why")
    members = json.loads(problem.body())
    assert members == {
        "type": f"urn:paceline:problem:{kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": "why",
    }


def test_some_problems_carry_a_header() -> None:
    assert unauthorized().headers == {"WWW-Authenticate": "Bearer"}
    assert unavailable().headers == {"Retry-After": "1"}
    assert method_not_allowed(["PUT", "GET"]).headers == {"Allow": "GET, PUT"}


def test_an_id_is_a_uuid_in_text_form() -> None:
    text = "0199E0A0-0000-7000-8000-00000000abcd"
    assert parse_id(text) == UUID(text)
    for other in (text + "\n", text[:-1], text.replace("-", ""), f"{{{text}}}", "x", ""):
        assert parse_id(other) is None
