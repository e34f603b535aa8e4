"""What a route asks of a request before it answers. FastAPI resolves dependencies in the order of the route's
parameters, and these stand in the contract's order: session, then media type and size of the body."""

from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import Depends, Request

from crud import content_type, statements
from crud.answers import Row
from crud.json_bodies import MAX_JSON_BYTES
from crud.problems import too_large, unauthorized
from crud.tokens import bearer_digest
from crud_asyncio.headers import joined_header
from crud_asyncio.service import CurrentService

MAX_FILE_BYTES = 1_048_576


class Caller(NamedTuple):
    """The session of a request and its user's row."""

    token_digest: bytes
    row: Row

    @property
    def user_id(self) -> UUID:
        user_id: UUID = self.row[0]
        return user_id


class Upload(NamedTuple):
    """A raw body with its Content-Type, verbatim."""

    content_type: str
    body: bytes


async def authenticated_caller(request: Request, service: CurrentService) -> Caller:
    digest = bearer_digest(joined_header(request, "authorization"))
    row = None if digest is None else await service.database.fetch_one(statements.AUTHENTICATE, digest)
    if digest is None or row is None:
        raise unauthorized()
    return Caller(digest, row)


async def json_body(request: Request) -> bytes:
    content_type.require_json(joined_header(request, "content-type"))
    return await _body(request, MAX_JSON_BYTES)


async def upload(request: Request) -> Upload:
    media_type = content_type.raw_content_type(joined_header(request, "content-type"))
    return Upload(media_type, await _body(request, MAX_FILE_BYTES))


async def _body(request: Request, limit_bytes: int) -> bytes:
    # uvicorn has checked that a Content-Length is a number; it reads on what an answer leaves unread.
    if int(request.headers.get("content-length", "0")) > limit_bytes:
        raise too_large(limit_bytes)
    chunks: list[bytes] = []
    size_bytes = 0
    async for chunk in request.stream():
        size_bytes += len(chunk)
        if size_bytes > limit_bytes:
            raise too_large(limit_bytes)
        chunks.append(chunk)
    return b"".join(chunks)


AuthenticatedCaller = Annotated[Caller, Depends(authenticated_caller)]
JsonBody = Annotated[bytes, Depends(json_body)]
RawUpload = Annotated[Upload, Depends(upload)]
