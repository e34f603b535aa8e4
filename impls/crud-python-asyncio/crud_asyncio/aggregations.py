"""Aggregations: accepted here, worked on by the aggregator of whichever process comes first."""

from fastapi import APIRouter, Response

from crud import answers, statements
from crud.aggregation import check_sizes
from crud.identifiers import path_id
from crud.json_bodies import parse_aggregation
from crud.problems import not_found
from crud_asyncio.guards import AuthenticatedCaller, JsonBody
from crud_asyncio.replies import json_reply
from crud_asyncio.service import CurrentService

routes = APIRouter()


@routes.post("/aggregations")
async def accept_aggregation(caller: AuthenticatedCaller, body: JsonBody, service: CurrentService) -> Response:
    file_ids = parse_aggregation(body)
    sizes = await service.database.fetch_all(statements.FILE_SIZES, caller.user_id, file_ids)
    check_sizes(file_ids, {row[0]: row[1] for row in sizes})
    row = await service.database.fetch_one(statements.ENQUEUE_AGGREGATION, caller.user_id, file_ids)
    assert row is not None, "RETURNING gives the row just written"
    return json_reply(answers.accepted_body(row), 202, {"Location": f"/aggregations/{row[0]}"})


@routes.get("/aggregations/{aggregation_id}")
async def read_aggregation(aggregation_id: str, caller: AuthenticatedCaller, service: CurrentService) -> Response:
    row = await service.database.fetch_one(statements.READ_AGGREGATION, path_id(aggregation_id), caller.user_id)
    if row is None:
        raise not_found()
    return json_reply(answers.aggregation_body(row))
