"""A node's log on disk: read at the start, then only appended to."""

import os
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

from raft.core.effects import Persist
from raft.core.messages import Entry
from raft.host.record import Record, find_record

MAGIC = b"PLRAFT1\n"


class ForeignFile(Exception):
    """The first bytes are somebody else's."""


class Recovered(NamedTuple):
    term: int
    voted_for: int
    entries: list[Entry]
    # Cut off after the last whole record.
    dropped_bytes: int


class Writer(Protocol):
    """Safe for threads: after close nothing more is written or confirmed, from any thread."""

    def write(self, persist: Persist) -> None: ...

    def close(self) -> None: ...


class LogEvents(NamedTuple):
    """What a writer reports, from any thread: the last effect that is durable, or an error of the disk."""

    persisted: Callable[[int], None]
    failed: Callable[[OSError], None]


class LogFile(NamedTuple):
    fd: int
    recovered: Recovered


def open_log(data_dir: str, node_id: int) -> LogFile:
    """A node's log, cut to its last whole record. Raises ForeignFile or OSError."""
    path = Path(data_dir) / f"node-{node_id}.log"
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        return LogFile(fd, _recover(fd, path))
    except OSError as error:
        os.close(fd)
        raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        os.close(fd)
        raise


def sync_folder(path: str) -> None:
    """Makes the files' names durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _recover(fd: int, path: Path) -> Recovered:
    content = path.read_bytes()
    if len(content) < len(MAGIC):
        os.ftruncate(fd, 0)
        _write_all(fd, MAGIC)
        return Recovered(0, 0, [], len(content))
    if not content.startswith(MAGIC):
        raise ForeignFile(f"{path} is no log of paceline's")
    recovered, kept_bytes = _read_records(memoryview(content))
    if kept_bytes < len(content):
        os.ftruncate(fd, kept_bytes)
    return recovered


def _read_records(content: memoryview) -> tuple[Recovered, int]:
    """Everything up to the first record that is torn or makes no sense, and where that begins."""
    term, voted_for, entries = 0, 0, list[Entry]()
    at = len(MAGIC)
    while (found := find_record(content, at)) is not None:
        record, end = found
        if record.from_index > len(entries) + 1:
            break
        term, voted_for, at = record.term, record.voted_for, end
        if record.from_index > 0:
            entries[record.from_index - 1 :] = record.entries
    return Recovered(term, voted_for, entries, len(content) - at), at


def _write_all(fd: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _encode(persist: Persist) -> bytes:
    return Record(persist.term, persist.voted_for, persist.from_index, persist.entries).encode()


class FileWriter:
    """Written, in the kernel's hands: survives a killed process. Confirms within write."""

    def __init__(self, fd: int, events: LogEvents) -> None:
        self._fd = fd
        self._events = events
        self._lock = Lock()
        self._is_closed = False

    def write(self, persist: Persist) -> None:
        content = _encode(persist)
        try:
            with self._lock:
                if self._is_closed:
                    return
                _write_all(self._fd, content)
        except OSError as error:
            self._events.failed(error)
        else:
            self._events.persisted(persist.seq)

    def close(self) -> None:
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                os.close(self._fd)


class SyncingWriter:
    """Group commit: what comes while the disk is busy is written and synced together, by a thread of the executor."""

    def __init__(self, fd: int, events: LogEvents, executor: Executor) -> None:
        self._fd = fd
        self._events = events
        self._executor = executor
        self._lock = Lock()
        self._disk = Lock()
        self._waiting: list[Persist] = []
        self._is_busy = False
        self._is_closed = False

    def write(self, persist: Persist) -> None:
        with self._lock:
            self._waiting.append(persist)
            if self._is_busy or self._is_closed:
                return
            self._is_busy = True
        self._executor.submit(self._write_groups)

    def close(self) -> None:
        """Waits for a group that is being written: the file is somebody else's afterwards."""
        self._is_closed = True
        with self._disk:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1

    def _write_groups(self) -> None:
        while group := self._next_group():
            try:
                is_written = self._write_group(group)
            except OSError as error:
                self._events.failed(error)
                return
            if is_written and not self._is_closed:
                self._events.persisted(group[-1].seq)

    def _next_group(self) -> list[Persist]:
        with self._lock:
            group, self._waiting = self._waiting, []
            self._is_busy = bool(group)
            return group

    def _write_group(self, group: list[Persist]) -> bool:
        with self._disk:
            if self._is_closed:
                return False
            _write_all(self._fd, b"".join(map(_encode, group)))
            os.fdatasync(self._fd)
            return True
