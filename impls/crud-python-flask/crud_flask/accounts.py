"""Users and sessions."""

from flask import Blueprint, Response

from crud import answers, passwords, statements, tokens
from crud.answers import JSON_MEDIA_TYPE, Row
from crud.json_bodies import Credentials, is_user_name, parse_log_in, parse_sign_up
from crud.problems import Problem, unauthorized
from crud_flask.guards import authenticated_caller, json_body
from crud_flask.replies import BodilessResponse
from crud_flask.service import current_service

routes = Blueprint("accounts", __name__)


@routes.post("/users")
def sign_up() -> Response:
    credentials = parse_sign_up(json_body())
    salt = passwords.new_salt()
    key = passwords.derive_key(credentials.password, salt)
    row = current_service().database.fetch_one(statements.SIGN_UP, credentials.name, salt, key)
    if row is None:
        raise Problem("name-taken", "Another user has this name.")
    return Response(answers.user_body(row), 201, {"Location": "/users/me"}, content_type=JSON_MEDIA_TYPE)


@routes.get("/users/me")
def read_me() -> Response:
    return Response(answers.user_body(authenticated_caller().row), content_type=JSON_MEDIA_TYPE)


@routes.post("/sessions")
def log_in() -> Response:
    service = current_service()
    user = _user_with(parse_log_in(json_body()))
    token = tokens.new_token()
    ttl_sec = float(service.config.session_ttl_sec)
    row = service.database.fetch_one(statements.OPEN_SESSION, tokens.token_digest(token), user[0], ttl_sec)
    assert row is not None, "RETURNING gives the row just written"
    return Response(answers.session_body(token, user[0], row[0]), 201, content_type=JSON_MEDIA_TYPE)


@routes.delete("/sessions/current")
def log_out() -> Response:
    caller = authenticated_caller()
    current_service().database.execute(statements.REVOKE_SESSION, caller.token_digest)
    return BodilessResponse(status=204)


def _user_with(credentials: Credentials) -> Row:
    user = None
    if is_user_name(credentials.name):
        user = current_service().database.fetch_one(statements.FIND_USER, credentials.name)
    _, salt, key = user or (None, passwords.DUMMY_SALT, passwords.DUMMY_KEY)
    matches = passwords.password_matches(credentials.password, salt, key)
    if user is None or not matches:
        raise unauthorized("The name is unknown or the password is wrong.")
    return user
