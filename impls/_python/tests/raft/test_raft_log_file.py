import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from raft.core.effects import Persist
from raft.core.messages import Entry
from raft.host.log_file import (
    FileWriter,
    ForeignFile,
    LogEvents,
    Recovered,
    SyncingWriter,
    Writer,
    open_log,
)
from raft.host.record import Record

RECORDS = [
    Record(1, 2, 0, []),
    Record(1, 2, 1, [Entry(1, ""), Entry(1, "k=wört"), Entry(1, "k=b")]),
    Record(3, 0, 3, [Entry(3, "")]),
]
WHOLE = b"PLRAFT1\n" + b"".join(record.encode() for record in RECORDS)


def recover(folder: Path, content: bytes) -> Recovered:
    (folder / "node-1.log").write_bytes(content)
    log = open_log(str(folder), 1)
    os.close(log.fd)
    return log.recovered


def test_a_log_that_cannot_be_written_at_the_start_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match=r"No space left on device: '.*node-1\.log'"):
        open_log(str(tmp_path), 1)


def test_a_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert recover(tmp_path, WHOLE) == (3, 0, [Entry(1, ""), Entry(1, "k=wört"), Entry(3, "")], 0)


def test_a_torn_log_is_cut_to_its_last_whole_record_wherever_it_was_torn(tmp_path: Path) -> None:
    start = len(WHOLE) - len(RECORDS[-1].encode())
    for end in range(start + 1, len(WHOLE)):
        assert recover(tmp_path, WHOLE[:end]) == (1, 2, RECORDS[1].entries, end - start)
        assert (tmp_path / "node-1.log").read_bytes() == WHOLE[:start]


def test_a_corrupt_byte_ends_the_log_before_its_record(tmp_path: Path) -> None:
    at = 8 + len(RECORDS[0].encode()) + 20
    content = WHOLE[:at] + bytes([WHOLE[at] ^ 1]) + WHOLE[at + 1 :]
    assert recover(tmp_path, content)[:3] == (1, 2, [])


@pytest.mark.parametrize(
    "wrong",
    [Record(9, 1, 7, [Entry(9, "")]), Record(9, 1, 0, [Entry(9, "")])],
    ids=["from beyond the end", "entries from nowhere"],
)
def test_a_record_that_makes_no_sense_ends_the_log(tmp_path: Path, wrong: Record) -> None:
    assert recover(tmp_path, WHOLE + wrong.encode()) == (*recover(tmp_path, WHOLE)[:3], len(wrong.encode()))


def test_a_file_that_is_shorter_than_its_first_bytes_is_empty(tmp_path: Path) -> None:
    assert recover(tmp_path, b"PLR") == (0, 0, [], 3)
    assert (tmp_path / "node-1.log").read_bytes() == b"PLRAFT1\n"


def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ForeignFile, match=r"node-1\.log"):
        recover(tmp_path, b"a letter to a friend")
    assert (tmp_path / "node-1.log").read_bytes() == b"a letter to a friend"


def no_failure(error: OSError) -> None:
    pytest.fail(str(error))


def persist(seq: int) -> Persist:
    return Persist(seq, 1, 1, seq, (Entry(1, f"k={seq}"),))


class HandExecutor(Executor):
    """Runs what was submitted when a test calls run."""

    def __init__(self) -> None:
        self.submitted: list[Callable[[], object]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self.submitted.append(lambda: fn(*args, **kwargs))
        return Future()


def test_what_comes_while_the_disk_is_busy_is_synced_together(tmp_path: Path) -> None:
    executor, confirmed = HandExecutor(), list[int]()
    writer = SyncingWriter(open_log(str(tmp_path), 1).fd, LogEvents(confirmed.append, no_failure), executor)
    for seq in (1, 2, 3):
        writer.write(persist(seq))
    assert confirmed == []
    for run in executor.submitted:
        run()
    assert (len(executor.submitted), confirmed) == (1, [3])
    writer.close()
    assert len(open_log(str(tmp_path), 1).recovered.entries) == 3


def test_nothing_is_written_or_confirmed_after_close(tmp_path: Path) -> None:
    executor, confirmed = HandExecutor(), list[int]()
    events = LogEvents(confirmed.append, no_failure)
    writers: list[Writer] = [
        FileWriter(open_log(str(tmp_path), 1).fd, events),
        SyncingWriter(open_log(str(tmp_path), 2).fd, events, executor),
    ]
    writers[1].write(persist(1))
    for writer in writers:
        writer.close()
        writer.write(persist(2))
        writer.close()
    for run in executor.submitted:
        run()
    assert confirmed == []
    assert [open_log(str(tmp_path), node_id).recovered.entries for node_id in (1, 2)] == [[], []]


def test_close_waits_for_the_group_that_is_being_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_syncing, may_end = threading.Event(), threading.Event()

    def sync(_: int) -> None:
        is_syncing.set()
        may_end.wait(10)

    monkeypatch.setattr(os, "fdatasync", sync)
    with ThreadPoolExecutor() as executor:
        events = LogEvents(lambda _: pytest.fail("confirmed after close"), no_failure)
        writer = SyncingWriter(open_log(str(tmp_path), 1).fd, events, executor)
        writer.write(persist(1))
        assert is_syncing.wait(10)
        closing = executor.submit(writer.close)
        assert not closing.done()
        may_end.set()
        closing.result(10)


def test_an_error_of_the_disk_is_reported(tmp_path: Path) -> None:
    failures = list[OSError]()
    log = open_log(str(tmp_path), 1)
    os.close(log.fd)
    read_only = os.open(tmp_path / "node-1.log", os.O_RDONLY)
    FileWriter(read_only, LogEvents(lambda _: pytest.fail("confirmed"), failures.append)).write(persist(1))
    assert len(failures) == 1
