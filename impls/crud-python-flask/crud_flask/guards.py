"""What a route asks of a request before it answers, in the contract's order: session, media type, size."""

from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from flask import request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

from crud import content_type, statements
from crud.answers import Row
from crud.json_bodies import MAX_JSON_BYTES
from crud.problems import too_large, unauthorized
from crud.tokens import bearer_digest
from crud_flask.service import current_service

MAX_FILE_BYTES = 1_048_576
MAX_DRAINED_BYTES = 4 * MAX_FILE_BYTES
DRAIN_STEP_BYTES = 65_536


class Caller(NamedTuple):
    """The session of a request and its user's row."""

    token_digest: bytes
    row: Row

    @property
    def user_id(self) -> UUID:
        user_id: UUID = self.row[0]
        return user_id


def authenticated_caller() -> Caller:
    digest = bearer_digest(request.headers.get("Authorization"))
    row = None if digest is None else current_service().database.fetch_one(statements.AUTHENTICATE, digest)
    if digest is None or row is None:
        raise unauthorized()
    return Caller(digest, row)


def json_body() -> bytes:
    content_type.require_json(request.headers.get("Content-Type"))
    return _body(MAX_JSON_BYTES)


def raw_body() -> tuple[str, bytes]:
    """The Content-Type, verbatim, and the bytes."""
    media_type = content_type.raw_content_type(request.headers.get("Content-Type"))
    return media_type, _body(MAX_FILE_BYTES)


def drain_body() -> None:
    """Reads what a rejected request still has to send: unread, it would cost the connection and with it the answer."""
    # A body that cannot be read has had its answer.
    with suppress(ParseException, OSError):
        for _ in range(MAX_DRAINED_BYTES // DRAIN_STEP_BYTES):
            if not request.environ["wsgi.input"].read(DRAIN_STEP_BYTES):
                return


def _body(limit_bytes: int) -> bytes:
    # gunicorn ends wsgi.input where the body ends, chunked or not. Not request.get_data(): with a limit it takes
    # the first limit_bytes of a longer chunked body, or what came before a disconnection, for the whole.
    declared_bytes = request.content_length
    if declared_bytes is not None and declared_bytes > limit_bytes:
        raise too_large(limit_bytes)
    try:
        body: bytes = request.environ["wsgi.input"].read(limit_bytes + 1)
    except OSError:
        raise ClientDisconnected from None
    if len(body) > limit_bytes:
        raise too_large(limit_bytes)
    if declared_bytes is not None and len(body) < declared_bytes:
        raise ClientDisconnected
    return body
