"""The Flask application: exact routes, and every error as a problem."""

import logging
import logging.config
import os
from typing import Any

import psycopg
from flask import Flask, Request, Response, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, Rule

from crud import answers, problems
from crud.config import load_config_or_exit
from crud.paths import is_plain_path
from crud.problems import Problem
from crud_flask import accounts, aggregations, event_routes, files
from crud_flask.guards import drain_body
from crud_flask.service import CONFIG, current_service
from program.logs import PROCESS_LINE_FORMAT, logging_config
from program.problems import MEDIA_TYPE

logger = logging.getLogger(__name__)


class ExactRule(Rule):
    """A rule with the methods it names: werkzeug would answer HEAD wherever GET is."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.methods is not None:
            self.methods.discard("HEAD")


class ExactFlask(Flask):
    """Flask without what the contract does not have: HEAD, OPTIONS, static files, redirects to tidier paths."""

    url_rule_class = ExactRule

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.url_map.merge_slashes = False
        self.config["PROVIDE_AUTOMATIC_OPTIONS"] = False

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        # By the path alone: werkzeug would reject some Hosts, and look for the route of a websocket where a client
        # asks to upgrade. This service ignores both.
        if request is None:
            return super().create_url_adapter(request)
        return self.url_map.bind("crud", path_info=request.path, default_method=request.method)


def create_app() -> Flask:
    """Called by gunicorn once, before it forks the workers."""
    config = load_config_or_exit(os.environ)
    logging.config.dictConfig(logging_config(config, PROCESS_LINE_FORMAT))
    # The pool logs each connection it lends.
    logging.getLogger("psycopg.pool").setLevel(max(logging.WARNING, logging.getLogger().level))
    app = ExactFlask(__name__)
    app.config[CONFIG] = config
    app.add_url_rule("/health", view_func=read_health)
    for blueprint in (accounts.routes, files.routes, aggregations.routes, event_routes.routes):
        app.register_blueprint(blueprint)
    _register_problem_handlers(app)
    app.before_request(_reject_odd_target)
    app.after_request(_keep_connection)
    return app


def read_health() -> Response:
    current_service().database.check_health()
    return Response(answers.health_body(), content_type=answers.JSON_MEDIA_TYPE)


def _register_problem_handlers(app: Flask) -> None:
    app.register_error_handler(Problem, _answer)
    app.register_error_handler(NotFound, lambda _: _answer(problems.not_found("There is no such path.")))
    app.register_error_handler(MethodNotAllowed, _answer_wrong_method)
    app.register_error_handler(ParseException, _answer_broken_body)
    app.register_error_handler(BadRequest, _answer_broken_body)
    app.register_error_handler(psycopg.OperationalError, _answer_lost_database)
    app.register_error_handler(psycopg.InterfaceError, _answer_lost_database)
    app.register_error_handler(500, _answer_bug)


def _reject_odd_target() -> None:
    """Paths are matched as they are sent: werkzeug takes //health and /%68ealth for /health."""
    target: str = request.environ["RAW_URI"]
    if "#" in target:
        raise Problem("malformed-request", "A request target has no fragment.")
    if not is_plain_path(target.partition("?")[0]) or request.environ["PATH_INFO"].startswith("//"):
        raise NotFound


def _keep_connection(answer: Response) -> Response:
    if answer.status_code >= 400:
        drain_body()
    return answer


def _answer(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers, content_type=MEDIA_TYPE)


def _answer_wrong_method(error: MethodNotAllowed) -> Response:
    return _answer(problems.method_not_allowed(list(error.valid_methods or [])))


def _answer_broken_body(error: ParseException | BadRequest) -> Response:
    return _answer(Problem("malformed-request", f"The body cannot be read: {error}"))


def _answer_lost_database(error: psycopg.Error) -> Response:
    # The listener has logged it once; below info there is no line a request.
    logger.info("a request was refused: %s", error)
    return _answer(problems.unavailable())


def _answer_bug(_: Exception) -> Response:
    # Flask has logged it by now.
    return _answer(problems.internal())
