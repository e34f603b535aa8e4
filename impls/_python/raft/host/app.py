"""The HTTP interface (the contract, section 9) as an ASGI application.

Note: no framework. Ten fixed routes, matched on the undecoded path and checked in the contract's order, are fewer
lines than teaching a router not to redirect, decode or answer by itself.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from raft.host import answers
from raft.host.answers import Response
from raft.host.cluster import Cluster, Member
from raft.host.leader_crash import LeaderCrash
from raft.host.problems import Problem, no_leader, not_found
from raft.host.request import (
    ClientGone,
    Receive,
    Request,
    Scope,
    read_after,
    read_crash_order,
    read_value,
    require_key,
)

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Awaitable[None]]
Handler = Callable[[Request], Awaitable[Response]]
Methods = Mapping[str, Handler]


class App:
    def __init__(self, cluster: Cluster, leader_crash: LeaderCrash) -> None:
        self._cluster = cluster
        self._leader_crash = leader_crash
        self._fixed: Mapping[str, Methods] = {
            "/health": {"GET": self._health},
            "/cluster": {"GET": self._describe},
            "/cluster/elections": {"GET": self._elections},
            "/cluster/leader/crash": {"POST": self._crash_leader},
        }
        self._key: Methods = {"GET": self._get, "PUT": self._put}
        self._node_actions: Mapping[str, Methods] = {
            "crash": {"POST": self._crash},
            "restart": {"POST": self._restart},
            "isolate": {"POST": self._isolate},
            "heal": {"POST": self._heal},
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            response = await self._answer(Request(scope, receive))
        except ClientGone:
            return
        except Problem as problem:
            response = answers.problem_response(problem)
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            response = answers.problem_response(Problem("internal", "unexpected error"))
        await _send_response(send, response)

    async def _answer(self, request: Request) -> Response:
        methods = self._methods(request.path)
        if methods is None:
            raise not_found("there is no such route")
        handler = methods.get(request.method)
        if handler is None:
            raise Problem("method-not-allowed", "the route has other methods", (("Allow", ", ".join(methods)),))
        return await handler(request)

    def _methods(self, path: str) -> Methods | None:
        match path.split("/"):
            case ["", "kv", key] if key:
                return self._key
            case ["", "cluster", "nodes", node_id, action] if node_id:
                return self._node_actions.get(action)
        return self._fixed.get(path)

    async def _health(self, _: Request) -> Response:
        if self._cluster.leader is None:
            raise no_leader()
        return answers.json_response({"status": "ok"})

    async def _get(self, request: Request) -> Response:
        key = require_key(_last_part(request))
        return answers.value_response(await self._cluster.get(key))

    async def _put(self, request: Request) -> Response:
        key = require_key(_last_part(request))
        value = await read_value(request)
        return answers.put_response(await self._cluster.put(key, value))

    async def _describe(self, _: Request) -> Response:
        return answers.cluster_response(self._cluster.view())

    async def _elections(self, request: Request) -> Response:
        return answers.elections_response(self._cluster.elections.after(read_after(request)))

    async def _crash_leader(self, request: Request) -> Response:
        order = await read_crash_order(request)
        return answers.crash_response(await self._leader_crash.crash(order))

    async def _crash(self, request: Request) -> Response:
        return answers.crash_response(await self._cluster.crash(self._member(request)))

    async def _restart(self, request: Request) -> Response:
        return answers.restart_response(await self._cluster.restart(self._member(request)))

    async def _isolate(self, request: Request) -> Response:
        return self._set_isolated(self._member(request), is_isolated=True)

    async def _heal(self, request: Request) -> Response:
        return self._set_isolated(self._member(request), is_isolated=False)

    def _set_isolated(self, member: Member, *, is_isolated: bool) -> Response:
        self._cluster.isolate(member, is_isolated=is_isolated)
        return answers.json_response({"id": member.id, "isolated": is_isolated})

    def _member(self, request: Request) -> Member:
        text = request.path.split("/")[3]
        for member in self._cluster.members:
            if str(member.id) == text:
                return member
        raise not_found("there is no such node")


def _last_part(request: Request) -> str:
    return request.path.rpartition("/")[2]


async def _send_response(send: Send, response: Response) -> None:
    content_length = str(len(response.body))
    headers = [("content-type", response.content_type), ("content-length", content_length), *response.headers]
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})
