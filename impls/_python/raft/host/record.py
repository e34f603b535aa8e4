"""The records of a node's log file: bench/raft/contract.md, section 8, Files."""

import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple, Self

from raft.core.messages import Entry

HEAD = struct.Struct("<II")
FIXED = struct.Struct("<QIQI")
ENTRY_HEAD = struct.Struct("<QI")
MAX_PAYLOAD_BYTES = 2**28


class Record(NamedTuple):
    """One persist effect, as it is on disk."""

    term: int
    voted_for: int
    from_index: int
    entries: Sequence[Entry]

    def encode(self) -> bytes:
        parts = [FIXED.pack(self.term, self.voted_for, self.from_index, len(self.entries))]
        for term, command in self.entries:
            text = command.encode()
            parts += (ENTRY_HEAD.pack(term, len(text)), text)
        payload = b"".join(parts)
        return HEAD.pack(len(payload), zlib.crc32(payload)) + payload

    @classmethod
    def decode(cls, payload: memoryview) -> Self | None:
        """None: the contents make no sense."""
        if len(payload) < FIXED.size:
            return None
        term, voted_for, from_index, count = FIXED.unpack_from(payload)
        entries = _decode_entries(payload, count)
        if entries is None or (from_index == 0 and entries):
            return None
        return cls(term, voted_for, from_index, entries)


def _decode_entries(payload: memoryview, count: int) -> list[Entry] | None:
    entries: list[Entry] = []
    at = FIXED.size
    while len(entries) < count and at + ENTRY_HEAD.size <= len(payload):
        term, text_bytes = ENTRY_HEAD.unpack_from(payload, at)
        at += ENTRY_HEAD.size
        try:
            entries.append(Entry(term, str(payload[at : at + text_bytes], "utf-8")))
        except UnicodeDecodeError:
            return None
        at += text_bytes
    return entries if len(entries) == count and at == len(payload) else None


class Found(NamedTuple):
    """A record of a file, and where the next one begins."""

    record: Record
    end: int


def find_record(file: memoryview, at: int) -> Found | None:
    """None: from at on there is no whole record."""
    if at + HEAD.size > len(file):
        return None
    payload_bytes, crc = HEAD.unpack_from(file, at)
    start, end = at + HEAD.size, at + HEAD.size + payload_bytes
    if not 1 <= payload_bytes <= MAX_PAYLOAD_BYTES or end > len(file) or zlib.crc32(file[start:end]) != crc:
        return None
    record = Record.decode(file[start:end])
    return None if record is None else Found(record, end)
