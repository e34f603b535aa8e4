"""Bodies of files, least recently used out first, bounded by their bytes."""

import threading
from typing import NamedTuple
from uuid import UUID

from cachetools import LRUCache


class Entry(NamedTuple):
    version: int
    body: bytes


class FileCache:
    """One process's share. Locked, because one of the hosts has threads; the other never waits for it."""

    def __init__(self, share_bytes: int) -> None:
        self._entries: LRUCache[UUID, Entry] = LRUCache(share_bytes, getsizeof=_charged_bytes)
        self._lock = threading.Lock()

    def get(self, file_id: UUID, version: int) -> bytes | None:
        """The body of exactly this version; an entry of another version is a miss."""
        with self._lock:
            entry = self._entries.get(file_id)
        return entry.body if entry is not None and entry.version == version else None

    def put(self, file_id: UUID, version: int, body: bytes) -> None:
        entry = Entry(version, body)
        if _charged_bytes(entry) > self._entries.maxsize:
            return
        with self._lock:
            self._entries[file_id] = entry

    def drop(self, file_id: UUID) -> None:
        with self._lock:
            self._entries.pop(file_id, None)


def _charged_bytes(entry: Entry) -> int:
    # An empty body is charged one byte: entries that cost nothing would never be evicted.
    return max(1, len(entry.body))
