"""The text of an event stream, and where a client wants it to go on."""

import re

from crud.answers import Row, encode
from crud.problems import invalid

OPEN = b": open\n\n"
HEARTBEAT = b": still here\n\n"
HEARTBEAT_INTERVAL_SEC = 15.0
HEADERS = {"Cache-Control": "no-store"}
MEDIA_TYPE = "text/event-stream"
DIGITS = re.compile(r"[0-9]+", re.ASCII)
MAX_EVENT_ID = 2**63 - 1


def last_event_id(header: str | None) -> int | None:
    """The id the client has seen last; None when it says nothing. Raises the 422 problem."""
    if header is None:
        return None
    if not DIGITS.fullmatch(header):
        raise invalid("Last-Event-ID must be digits.")
    # More digits than an id can have are past every event, not an error.
    significant = header.lstrip("0") or "0"
    return min(int(significant[:20]), MAX_EVENT_ID)


def event_text(row: Row) -> bytes:
    event_id, aggregation_id, status, result_file_id, reason = row
    data = {
        "aggregationId": str(aggregation_id),
        "status": status,
        "resultFileId": None if result_file_id is None else str(result_file_id),
        "reason": reason,
    }
    return b"id: %d\nevent: aggregation\ndata: %b\n\n" % (event_id, encode(data))


def event_id(row: Row) -> int:
    identifier: int = row[0]
    return identifier
