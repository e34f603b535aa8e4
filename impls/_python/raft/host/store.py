"""The paper's state machine: what the committed commands have made of the keys."""

from collections.abc import Sequence

from raft.core.messages import Entry

# A command that only makes a log longer.
FILLER_COMMAND = "="


class Store:
    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def apply(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            key, _, value = entry.command.partition("=")
            # The no-op and commands without a key change nothing.
            if key:
                self._values[key] = value

    def get(self, key: str) -> str | None:
        return self._values.get(key)


def put_command(key: str, value: str) -> str:
    return f"{key}={value}"
