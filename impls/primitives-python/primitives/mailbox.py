"""What queue.Queue and multiprocessing.Queue have in common."""

from typing import Protocol


class Mailbox(Protocol):
    def put(self, value: int, /) -> None: ...

    def get(self) -> int: ...
