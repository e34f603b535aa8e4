"""The FastAPI application: exact routes, and every error as a problem."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from crud import answers, problems
from crud.paths import is_plain_path
from crud.problems import Problem
from crud_asyncio import accounts, aggregations, event_routes, files
from crud_asyncio.database import DatabaseLost
from crud_asyncio.replies import bytes_reply, empty_reply, json_reply
from crud_asyncio.service import CurrentService, Service
from program.problems import MEDIA_TYPE

logger = logging.getLogger(__name__)
routes = APIRouter()
ROUTERS = (routes, accounts.routes, files.routes, aggregations.routes, event_routes.routes)


def create_app(service: Service) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with service.running():
            yield

    # No generated documentation: the contract's paths are all there are.
    app = FastAPI(lifespan=lifespan, redirect_slashes=False, openapi_url=None)
    app.state.service = service
    app.add_middleware(ExactPaths)
    for router in ROUTERS:
        app.include_router(router)
    _register_problem_handlers(app)
    return app


class ExactPaths:
    """Paths are matched as they are sent: the router alone would take /%68ealth for /health."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_plain_path(scope["raw_path"].decode("ascii")):
            await _answer(problems.not_found("There is no such path."))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@routes.get("/health")
async def read_health(service: CurrentService) -> Response:
    await service.database.check_health()
    return json_reply(answers.health_body())


def _register_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(404, _answer_unknown_path)
    app.add_exception_handler(405, _answer_wrong_method)
    app.add_exception_handler(HTTPException, _answer_broken_request)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_exception_handler(DatabaseLost, _answer_lost_database)
    app.add_exception_handler(Exception, _answer_bug)


def _answer(problem: Problem) -> Response:
    return bytes_reply(problem.body(), MEDIA_TYPE, problem.status, problem.headers)


async def _answer_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _answer(error)


async def _answer_unknown_path(_request: Request, _error: Exception) -> Response:
    return _answer(problems.not_found("There is no such path."))


async def _answer_wrong_method(request: Request, _: Exception) -> Response:
    # Starlette's own Allow names the methods of one of the path's routes only.
    path = request.scope["path"]
    known = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    methods = {method for route in known if route.path_regex.match(path) for method in route.methods or ()}
    return _answer(problems.method_not_allowed(sorted(methods)))


async def _answer_broken_request(_: Request, error: Exception) -> Response:
    return _answer(Problem("malformed-request", f"The request cannot be read: {error}"))


async def _answer_nobody(_request: Request, _error: Exception) -> Response:
    return empty_reply(400)


async def _answer_lost_database(_: Request, error: Exception) -> Response:
    # The listener has logged it once; below info there is no line a request.
    logger.info("a request was refused: %s", error)
    return _answer(problems.unavailable())


async def _answer_bug(_request: Request, _error: Exception) -> Response:
    # Starlette raises the error again after this answer, and uvicorn logs it.
    return _answer(problems.internal())
