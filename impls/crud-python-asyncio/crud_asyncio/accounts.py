"""Users and sessions."""

from fastapi import APIRouter, Response

from crud import answers, passwords, statements, tokens
from crud.answers import Row
from crud.json_bodies import Credentials, is_user_name, parse_log_in, parse_sign_up
from crud.problems import Problem, unauthorized
from crud_asyncio.guards import AuthenticatedCaller, JsonBody
from crud_asyncio.replies import empty_reply, json_reply
from crud_asyncio.service import CurrentService, Service

routes = APIRouter()


@routes.post("/users")
async def sign_up(service: CurrentService, body: JsonBody) -> Response:
    credentials = parse_sign_up(body)
    salt = passwords.new_salt()
    key = await service.run_on_thread(passwords.derive_key, credentials.password, salt)
    row = await service.database.fetch_one(statements.SIGN_UP, credentials.name, salt, key)
    if row is None:
        raise Problem("name-taken", "Another user has this name.")
    return json_reply(answers.user_body(row), 201, {"Location": "/users/me"})


@routes.get("/users/me")
async def read_me(caller: AuthenticatedCaller) -> Response:
    return json_reply(answers.user_body(caller.row))


@routes.post("/sessions")
async def log_in(service: CurrentService, body: JsonBody) -> Response:
    user = await _user_with(service, parse_log_in(body))
    token = tokens.new_token()
    ttl_sec = float(service.config.session_ttl_sec)
    row = await service.database.fetch_one(statements.OPEN_SESSION, tokens.token_digest(token), user[0], ttl_sec)
    assert row is not None, "RETURNING gives the row just written"
    return json_reply(answers.session_body(token, user[0], row[0]), 201)


@routes.delete("/sessions/current")
async def log_out(caller: AuthenticatedCaller, service: CurrentService) -> Response:
    await service.database.execute(statements.REVOKE_SESSION, caller.token_digest)
    return empty_reply(204)


async def _user_with(service: Service, credentials: Credentials) -> Row:
    user = None
    if is_user_name(credentials.name):
        user = await service.database.fetch_one(statements.FIND_USER, credentials.name)
    _, salt, key = user or (None, passwords.DUMMY_SALT, passwords.DUMMY_KEY)
    matches = await service.run_on_thread(passwords.password_matches, credentials.password, salt, key)
    if user is None or not matches:
        raise unauthorized("The name is unknown or the password is wrong.")
    return user
