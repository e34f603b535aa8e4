"""The entries of a node, counted from index 1, and the questions asked of them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter

from raft.core.messages import Entry

_term = attrgetter("term")


class ReplicatedLog:
    """Index 0 is before the first entry and has term 0. Terms never fall along a log."""

    __slots__ = ("_entries", "last_index", "last_term")

    def __init__(self, persisted: Iterable[Entry] = ()) -> None:
        self._entries = list(persisted)
        self._note_end()

    def _note_end(self) -> None:
        self.last_index = len(self._entries)
        self.last_term = self._entries[-1].term if self._entries else 0

    def term_at(self, index: int) -> int:
        """The index must not be beyond the last."""
        return self._entries[index - 1].term if index > 0 else 0

    def extend(self, entries: Sequence[Entry]) -> None:
        self._entries.extend(entries)
        self._note_end()

    def cut_before(self, index: int) -> None:
        """Drops the entries from index on."""
        del self._entries[index - 1 :]
        self._note_end()

    def slice(self, index: int, count: int) -> tuple[Entry, ...]:
        """At most count entries from index on."""
        return tuple(self._entries[index - 1 : index - 1 + count])

    def first_index_from_term(self, term: int) -> int:
        """The first index whose term is not less; last index + 1 if there is none."""
        return bisect_left(self._entries, term, key=_term) + 1

    def last_index_of_term(self, term: int, at_index: int) -> int:
        """The last index of term at or before at_index; 0 if there is none."""
        index = min(self.first_index_from_term(term + 1) - 1, at_index)
        return index if self.term_at(index) == term else 0
