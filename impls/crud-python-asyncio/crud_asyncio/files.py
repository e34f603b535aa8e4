"""Files: bytes with a name, a Content-Type and a version."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from crud import answers, query, statements
from crud.answers import Row
from crud.etag import entity_tag, match_versions, none_match_matches
from crud.identifiers import path_id
from crud.problems import Problem, not_found
from crud_asyncio.database import Database
from crud_asyncio.guards import AuthenticatedCaller, RawUpload, Upload
from crud_asyncio.headers import joined_header
from crud_asyncio.replies import bytes_reply, empty_reply, json_reply
from crud_asyncio.service import CurrentService

routes = APIRouter()


@routes.post("/files")
async def create_file(
    request: Request, caller: AuthenticatedCaller, upload: RawUpload, service: CurrentService
) -> Response:
    name = query.file_name(request.scope["query_string"])
    values = (caller.user_id, name, upload.content_type, len(upload.body), upload.body)
    row = await service.database.fetch_one(statements.CREATE_FILE, *values)
    assert row is not None, "RETURNING gives the row just written"
    return _file_reply(row, 201, {"Location": f"/files/{row[0]}"})


@routes.get("/files")
async def list_files(request: Request, caller: AuthenticatedCaller, service: CurrentService) -> Response:
    page = query.page(request.scope["query_string"])
    rows_count = page.limit_count + 1
    if page.after is None:
        rows = await service.database.fetch_all(statements.FIRST_PAGE, caller.user_id, rows_count)
    else:
        rows = await service.database.fetch_all(statements.NEXT_PAGE, caller.user_id, rows_count, page.after)
    body, link = answers.files_body(rows, page)
    return json_reply(body, headers={"Link": link} if link else None)


@routes.get("/files/{file_id}")
async def read_file(request: Request, file_id: str, caller: AuthenticatedCaller, service: CurrentService) -> Response:
    row = await service.database.fetch_one(statements.READ_FILE, path_id(file_id), caller.user_id)
    if row is None:
        raise not_found()
    return _not_modified(request, answers.file_version(row)) or _file_reply(row, 200)


@routes.get("/files/{file_id}/content")
async def read_content(
    request: Request, file_id: str, caller: AuthenticatedCaller, service: CurrentService
) -> Response:
    identifier = path_id(file_id)
    row = await service.database.fetch_one(statements.READ_VERSION, identifier, caller.user_id)
    if row is None:
        raise not_found()
    version, content_type = row
    if reply := _not_modified(request, version):
        return reply
    body = service.cache.get(identifier, version)
    if body is not None:
        return _content_reply(version, content_type, body, "hit")
    row = await service.database.fetch_one(statements.READ_CONTENT, identifier, caller.user_id)
    if row is None:
        raise not_found()
    version, content_type, body = row
    service.cache.put(identifier, version, body)
    return _content_reply(version, content_type, body, "miss")


@routes.put("/files/{file_id}")
async def replace_file(
    request: Request, file_id: str, caller: AuthenticatedCaller, upload: RawUpload, service: CurrentService
) -> Response:
    identifier = path_id(file_id)
    if_match = joined_header(request, "if-match")
    if if_match is None:
        await _require_file(service.database, identifier, caller.user_id)
        raise Problem("precondition-required", "If-Match must say which version to replace.")
    row = await _replace(service.database, identifier, caller.user_id, upload, match_versions(if_match))
    if row is None:
        await _require_file(service.database, identifier, caller.user_id)
        raise Problem("precondition-failed", "The file has another version by now.")
    service.cache.drop(identifier)
    return _file_reply(row, 200)


@routes.delete("/files/{file_id}")
async def delete_file(file_id: str, caller: AuthenticatedCaller, service: CurrentService) -> Response:
    identifier = path_id(file_id)
    if await service.database.execute(statements.DELETE_FILE, identifier, caller.user_id) == 0:
        raise not_found()
    service.cache.drop(identifier)
    return empty_reply(204)


async def _replace(
    database: Database, identifier: UUID, user_id: UUID, upload: Upload, versions: list[int] | None
) -> Row | None:
    values = (identifier, user_id, upload.body, len(upload.body), upload.content_type)
    if versions is None:
        return await database.fetch_one(statements.REPLACE_ANY_VERSION, *values)
    return await database.fetch_one(statements.REPLACE_VERSIONS, *values, versions)


async def _require_file(database: Database, identifier: UUID, user_id: UUID) -> None:
    if await database.fetch_one(statements.READ_VERSION, identifier, user_id) is None:
        raise not_found()


def _not_modified(request: Request, version: int) -> Response | None:
    if none_match_matches(joined_header(request, "if-none-match"), version):
        return empty_reply(304, {"ETag": entity_tag(version)})
    return None


def _file_reply(row: Row, status: int, headers: dict[str, str] | None = None) -> Response:
    tag = entity_tag(answers.file_version(row))
    return json_reply(answers.encode(answers.file_members(row)), status, {**(headers or {}), "ETag": tag})


def _content_reply(version: int, content_type: str, body: bytes, cached: str) -> Response:
    return bytes_reply(body, content_type, headers={"ETag": entity_tag(version), "X-Cache": cached})
