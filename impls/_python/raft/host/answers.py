"""What clients read: the contract's JSON, with its names and its order."""

import json
from typing import NamedTuple

from program.problems import MEDIA_TYPE
from raft.core.view import Summary
from raft.host.cluster import ClusterView, CrashAnswer, Member, RestartAnswer
from raft.host.elections import Election
from raft.host.mail import Answer
from raft.host.problems import Problem

Headers = tuple[tuple[str, str], ...]


class Response(NamedTuple):
    status: int
    content_type: str
    body: bytes
    headers: Headers = ()


def json_response(members: object) -> Response:
    return Response(200, "application/json", json.dumps(members, separators=(",", ":")).encode())


def problem_response(problem: Problem) -> Response:
    return Response(problem.status, MEDIA_TYPE, problem.body(), problem.headers)


def put_response(answer: Answer) -> Response:
    return json_response({"index": answer.log_index, "term": answer.term})


def value_response(answer: Answer) -> Response:
    headers = (("Raft-Index", str(answer.log_index)),)
    if answer.value is None:
        raise Problem("not-found", "there is no such key", headers)
    return Response(200, "text/plain; charset=utf-8", answer.value.encode(), headers)


def cluster_response(view: ClusterView) -> Response:
    return json_response(
        {
            "clusterSize": len(view.nodes),
            "leader": view.leader,
            "term": view.term,
            "nowUs": view.now_us,
            "oneWayDelayUs": view.delays and view.delays.members(),
            "nodes": [_node_members(member, summary) for member, summary in view.nodes],
        }
    )


def _node_members(member: Member, summary: Summary | None) -> dict[str, object]:
    return {
        "id": member.id,
        "status": member.status,
        "incarnation": member.incarnation,
        "role": summary and summary.role,
        "term": summary and summary.term,
        "leader": (summary and summary.leader) or None,
        "commitIndex": summary and summary.commit_index,
        "lastLogIndex": summary and summary.last_log_index,
    }


def elections_response(elections: list[Election]) -> Response:
    return json_response({"elections": [election.members() for election in elections]})


def crash_response(answer: CrashAnswer) -> Response:
    return json_response(
        {
            "id": answer.id,
            "wasLeader": answer.was_leader,
            "term": answer.term,
            "delayUs": answer.delay_us,
            "crashedAtUs": answer.crashed_at_us,
        }
    )


def restart_response(answer: RestartAnswer) -> Response:
    return json_response(
        {
            "id": answer.id,
            "incarnation": answer.incarnation,
            "restartedAtUs": answer.restarted_at_us,
            "term": answer.term,
            "lastLogIndex": answer.last_log_index,
            "droppedBytes": answer.dropped_bytes,
        }
    )
