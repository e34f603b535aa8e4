"""Files: bytes with a name, a Content-Type and a version."""

from uuid import UUID

from flask import Blueprint, Response, request

from crud import answers, query, statements
from crud.answers import JSON_MEDIA_TYPE, Row
from crud.etag import entity_tag, match_versions, none_match_matches
from crud.identifiers import path_id
from crud.problems import Problem, not_found
from crud_flask.guards import authenticated_caller, raw_body
from crud_flask.replies import BodilessResponse
from crud_flask.service import current_service

routes = Blueprint("files", __name__)


@routes.post("/files")
def create_file() -> Response:
    user_id = authenticated_caller().user_id
    content_type, body = raw_body()
    name = query.file_name(request.query_string)
    values = (user_id, name, content_type, len(body), body)
    row = current_service().database.fetch_one(statements.CREATE_FILE, *values)
    assert row is not None, "RETURNING gives the row just written"
    answer = _file_answer(row, 201)
    answer.headers["Location"] = f"/files/{row[0]}"
    return answer


@routes.get("/files")
def list_files() -> Response:
    user_id = authenticated_caller().user_id
    page = query.page(request.query_string)
    database = current_service().database
    rows_count = page.limit_count + 1
    if page.after is None:
        rows = database.fetch_all(statements.FIRST_PAGE, user_id, rows_count)
    else:
        rows = database.fetch_all(statements.NEXT_PAGE, user_id, rows_count, page.after)
    body, link = answers.files_body(rows, page)
    return Response(body, headers={"Link": link} if link else None, content_type=JSON_MEDIA_TYPE)


@routes.get("/files/<file_id>")
def read_file(file_id: str) -> Response:
    user_id = authenticated_caller().user_id
    row = current_service().database.fetch_one(statements.READ_FILE, path_id(file_id), user_id)
    if row is None:
        raise not_found()
    return _not_modified(answers.file_version(row)) or _file_answer(row, 200)


@routes.get("/files/<file_id>/content")
def read_content(file_id: str) -> Response:
    user_id = authenticated_caller().user_id
    identifier = path_id(file_id)
    service = current_service()
    row = service.database.fetch_one(statements.READ_VERSION, identifier, user_id)
    if row is None:
        raise not_found()
    version, content_type = row
    if answer := _not_modified(version):
        return answer
    body = service.cache.get(identifier, version)
    if body is not None:
        return _content_answer(version, content_type, body, "hit")
    row = service.database.fetch_one(statements.READ_CONTENT, identifier, user_id)
    if row is None:
        raise not_found()
    version, content_type, body = row
    service.cache.put(identifier, version, body)
    return _content_answer(version, content_type, body, "miss")


@routes.put("/files/<file_id>")
def replace_file(file_id: str) -> Response:
    user_id = authenticated_caller().user_id
    content_type, body = raw_body()
    identifier = path_id(file_id)
    if_match = request.headers.get("If-Match")
    if if_match is None:
        _require_file(identifier, user_id)
        raise Problem("precondition-required", "If-Match must say which version to replace.")
    row = _replace(identifier, user_id, content_type, body, match_versions(if_match))
    if row is None:
        _require_file(identifier, user_id)
        raise Problem("precondition-failed", "The file has another version by now.")
    current_service().cache.drop(identifier)
    return _file_answer(row, 200)


@routes.delete("/files/<file_id>")
def delete_file(file_id: str) -> Response:
    user_id = authenticated_caller().user_id
    identifier = path_id(file_id)
    service = current_service()
    if service.database.execute(statements.DELETE_FILE, identifier, user_id) == 0:
        raise not_found()
    service.cache.drop(identifier)
    return BodilessResponse(status=204)


def _replace(identifier: UUID, user_id: UUID, content_type: str, body: bytes, versions: list[int] | None) -> Row | None:
    database = current_service().database
    values = (identifier, user_id, body, len(body), content_type)
    if versions is None:
        return database.fetch_one(statements.REPLACE_ANY_VERSION, *values)
    return database.fetch_one(statements.REPLACE_VERSIONS, *values, versions)


def _require_file(identifier: UUID, user_id: UUID) -> None:
    if current_service().database.fetch_one(statements.READ_VERSION, identifier, user_id) is None:
        raise not_found()


def _not_modified(version: int) -> Response | None:
    if none_match_matches(request.headers.get("If-None-Match"), version):
        return BodilessResponse(status=304, headers={"ETag": entity_tag(version)})
    return None


def _file_answer(row: Row, status: int) -> Response:
    headers = {"ETag": entity_tag(answers.file_version(row))}
    return Response(answers.encode(answers.file_members(row)), status, headers, content_type=JSON_MEDIA_TYPE)


def _content_answer(version: int, content_type: str, body: bytes, cached: str) -> Response:
    headers = {"ETag": entity_tag(version), "X-Cache": cached}
    return Response(body, 200, headers, content_type=content_type)
