"""Aggregations: accepted here, worked on by the aggregator of whichever process comes first."""

from flask import Blueprint, Response

from crud import answers, statements
from crud.aggregation import check_sizes
from crud.answers import JSON_MEDIA_TYPE
from crud.identifiers import path_id
from crud.json_bodies import parse_aggregation
from crud.problems import not_found
from crud_flask.guards import authenticated_caller, json_body
from crud_flask.service import current_service

routes = Blueprint("aggregations", __name__)


@routes.post("/aggregations")
def accept_aggregation() -> Response:
    user_id = authenticated_caller().user_id
    file_ids = parse_aggregation(json_body())
    database = current_service().database
    sizes = database.fetch_all(statements.FILE_SIZES, user_id, file_ids)
    check_sizes(file_ids, {row[0]: row[1] for row in sizes})
    row = database.fetch_one(statements.ENQUEUE_AGGREGATION, user_id, file_ids)
    assert row is not None, "RETURNING gives the row just written"
    headers = {"Location": f"/aggregations/{row[0]}"}
    return Response(answers.accepted_body(row), 202, headers, content_type=JSON_MEDIA_TYPE)


@routes.get("/aggregations/<aggregation_id>")
def read_aggregation(aggregation_id: str) -> Response:
    user_id = authenticated_caller().user_id
    row = current_service().database.fetch_one(statements.READ_AGGREGATION, path_id(aggregation_id), user_id)
    if row is None:
        raise not_found()
    return Response(answers.aggregation_body(row), content_type=JSON_MEDIA_TYPE)
