"""Rows as the JSON that clients see. A row is a sequence in the order of its statement's columns."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from crud.query import Page

Row = Sequence[Any]
JSON_MEDIA_TYPE = "application/json"


def encode(members: object) -> bytes:
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()


def time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def user_body(row: Row) -> bytes:
    user_id, name, created_at = row
    return encode({"id": str(user_id), "name": name, "createdAt": time_text(created_at)})


def session_body(token: str, user_id: object, expires_at: datetime) -> bytes:
    return encode({"token": token, "userId": str(user_id), "expiresAt": time_text(expires_at)})


def file_members(row: Row) -> dict[str, object]:
    file_id, name, content_type, size_bytes, version, created_at, updated_at = row
    return {
        "id": str(file_id),
        "name": name,
        "contentType": content_type,
        "sizeBytes": size_bytes,
        "version": version,
        "createdAt": time_text(created_at),
        "updatedAt": time_text(updated_at),
    }


def file_version(row: Row) -> int:
    version: int = row[4]
    return version


def files_body(rows: Sequence[Row], page: Page) -> tuple[bytes, str | None]:
    """The page, and its Link header unless it is the last; rows holds one more than the page where there are more."""
    shown = rows[: page.limit_count]
    link = None
    if len(rows) > page.limit_count:
        link = f'</files?limit={page.limit_count}&after={shown[-1][0]}>; rel="next"'
    return encode({"files": [file_members(row) for row in shown]}), link


def accepted_body(row: Row) -> bytes:
    aggregation_id, status, created_at = row[:3]
    return encode({"id": str(aggregation_id), "status": status, "createdAt": time_text(created_at)})


def aggregation_body(row: Row) -> bytes:
    aggregation_id, status, result_file_id, reason, created_at, finished_at = row
    return encode(
        {
            "id": str(aggregation_id),
            "status": status,
            "resultFileId": None if result_file_id is None else str(result_file_id),
            "reason": reason,
            "createdAt": time_text(created_at),
            "finishedAt": None if finished_at is None else time_text(finished_at),
        }
    )


def health_body() -> bytes:
    return encode({"status": "ok"})
