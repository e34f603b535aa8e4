"""Steps of one node as bench/raft/contract.md, section 7, writes them down."""

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from raft.core import effects, inputs, messages
from raft.core.config import NodeConfig
from raft.core.node import Node
from raft.core.state_machine import Peer
from raft.core.view import NodeView

Json = Mapping[str, Any]
MESSAGES = (
    messages.RequestVotes,
    messages.RequestVotesReply,
    messages.AppendEntries,
    messages.AppendEntriesReply,
)
EFFECT_NAMES = {
    effects.Persist: "persist",
    effects.Send: "send",
    effects.Apply: "apply",
    effects.Reply: "reply",
    effects.RoleChange: "role",
}
OTHER_NAMES = {"sender": "from", "receiver": "to", "log_index": "index"}
PEER_FIELDS = ("id", "next_index", "match_index", "probing", "paused", "acked_us", "acked_round")


class Mismatch(NamedTuple):
    line_number: int
    expected: str
    actual: str


def replay(text: str) -> Mismatch | None:
    """Steps a node through a transcript; None: it did everything byte for byte."""
    head, *lines = text.splitlines()
    node = Node(NodeConfig(**{snake(key): value for key, value in json.loads(head)["config"].items()}))
    for number, expected in enumerate(lines, start=2):
        line = json.loads(expected)
        outcome = outcome_of(node, line)
        actual = canonical(
            {"nowUs": line["nowUs"], "input": line["input"]}
            | ({"digest": digest(outcome)} if "digest" in line else outcome)
        )
        if actual != expected:
            return Mismatch(number, expected, canonical(outcome))
    return None


def outcome_of(node: Node, line: Json) -> dict[str, Any]:
    done = node.step(line["nowUs"], INPUTS[line["input"]["type"]](line["input"]))
    return {
        "effects": [effect_json(effect) for effect in done],
        "state": state_json(node.view()),
        "nextDeadlineUs": node.next_deadline_us,
    }


def digest(outcome: Json) -> str:
    return f"{zlib.crc32(canonical(outcome).encode()):08x}"


def canonical(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


INPUTS: Mapping[str, Callable[[Json], inputs.Input]] = {
    "restart": lambda of: inputs.Restart(of["term"], of["votedFor"], entries_of(of["entries"]), of["random"]),
    "message": lambda of: inputs.Receive(message_of(of["message"])),
    "propose": lambda of: inputs.Propose([inputs.Proposal(one["id"], one["command"]) for one in of["requests"]]),
    "read": lambda of: inputs.Read(of["ids"]),
    "persisted": lambda of: inputs.Persisted(of["seq"]),
    "tick": lambda _: inputs.Tick(),
    "heartbeat": lambda _: inputs.Heartbeat(),
}


def message_of(value: Json) -> messages.Message:
    kind = next(kind for kind in MESSAGES if type_name(kind) == value["type"])
    fields = [value[key_of(field)] for field in kind._fields]
    return kind._make(entries_of(field) if isinstance(field, list) else field for field in fields)


def entries_of(values: Sequence[Json]) -> tuple[messages.Entry, ...]:
    return tuple(messages.Entry(value["term"], value["command"]) for value in values)


def effect_json(effect: effects.Effect) -> Json:
    name = {"type": EFFECT_NAMES[type(effect)]}
    if isinstance(effect, effects.Send):
        message = effect.message
        return name | {"message": {"type": type_name(type(message))} | fields_json(message._asdict())}
    return name | fields_json(effect._asdict())


def state_json(view: NodeView) -> Json:
    peers = [{key_of(field): getattr(peer, field) for field in PEER_FIELDS} for peer in view.peers]
    return fields_json(view._asdict()) | {"peers": peers}


def fields_json(fields: Json) -> dict[str, Any]:
    return {key_of(field): value_json(value) for field, value in fields.items() if not isinstance(value, Peer)}


def value_json(value: object) -> object:
    if isinstance(value, tuple):
        return [one._asdict() if isinstance(one, messages.Entry) else one for one in value]
    return value


def type_name(kind: type) -> str:
    return kind.__name__[0].lower() + kind.__name__[1:]


def key_of(field: str) -> str:
    return OTHER_NAMES.get(field) or re.sub(r"_(.)", lambda found: found[1].upper(), field)


def snake(key: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", key)
