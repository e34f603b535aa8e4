"""One node at work: the core with a clock, a log file and a store. It runs in whatever calls it, one call at a time."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from raft.core.effects import Apply, Effect, Persist, Reply, RoleChange, Send
from raft.core.generator import seed_of
from raft.core.inputs import Heartbeat, Input, Persisted, Propose, Read, Receive, Restart, Tick
from raft.core.messages import AppendEntries, AppendEntriesReply, Message
from raft.core.node import Node
from raft.host.clock import now_us
from raft.host.config import Config
from raft.host.delays import kept_delays
from raft.host.log_file import FileWriter, LogEvents, SyncingWriter, Writer, open_log, sync_folder
from raft.host.mail import Answer, Beat, KeyRead, LagBehind, Mail, ReadKeys, RoleReport
from raft.host.mesh import Parcel
from raft.host.store import Store

logger = logging.getLogger(__name__)


class Ports(NamedTuple):
    """How a node reaches the world."""

    send: Callable[[Message, int], None]
    answered: Callable[[Sequence[Answer]], None]
    role_changed: Callable[[RoleReport], None]
    # Told from any thread: a group was synced.
    post: Callable[[Mail], None]
    # It cannot write its log, and has dropped everything.
    failed: Callable[[str], None]


class Runner:
    """Raises ForeignFile or OSError where the log cannot be read."""

    def __init__(self, config: Config, node_id: int, incarnation: int, ports: Ports, executor: Executor) -> None:
        self._ports = ports
        self._node_id = node_id
        self._node = Node(config.of_node(node_id))
        self._store = Store()
        self._read_keys: dict[int, str] = {}
        self._lagging_behind = 0
        self._confirmed_seq = 0
        # These four are read by other threads: each is replaced whole.
        self.summary = self._node.summary()
        # When the last append_entries it stepped on was sent; 0: none yet.
        self.append_sent_us = 0
        self.delays_us = kept_delays(config.cluster_size)
        self.is_dropped = False
        fd, self.recovered = open_log(config.data_dir, node_id)
        self._log = self._writer(config, fd, executor)
        term, voted_for, entries, _ = self.recovered
        self._step(now_us(), Restart(term, voted_for, entries, seed_of(config.seed, node_id, incarnation)))

    def _writer(self, config: Config, fd: int, executor: Executor) -> Writer:
        if config.durability == "fsync":
            sync_folder(config.data_dir)
            synced = LogEvents(lambda seq: self._ports.post(Persisted(seq)), self._disk_failed)
            return SyncingWriter(fd, synced, executor)
        return FileWriter(fd, LogEvents(self._note_confirmed, self._disk_failed))

    @property
    def deadline_us(self) -> int:
        return self._node.next_deadline_us

    def drop(self) -> None:
        """Fences this incarnation: whatever is being done or still comes, it does nothing more."""
        self.is_dropped = True

    def close(self) -> None:
        """Returns when its file will not be touched any more; may wait for the disk."""
        self.drop()
        self._log.close()

    def take(self, mail: Mail) -> None:
        try:
            self._take(mail)
        except Exception as error:
            # A bug costs this node its life, as it would a process, and not the others theirs.
            logger.exception("node %d: unexpected error", self._node_id)
            self._fail(f"unexpected error: {error!r}")

    def _take(self, mail: Mail) -> None:
        match mail:
            case Parcel():
                self._receive(mail)
            case Persisted() | Propose() | Tick():
                self._step(now_us(), mail)
            case ReadKeys(reads):
                self._read(reads)
            case Beat():
                self._step(now_us(), Heartbeat())
            case LagBehind(leader):
                self._lagging_behind = leader

    def _receive(self, parcel: Parcel) -> None:
        # The clock first: a step is never dated after the cut of a link that it comes over.
        at_us = now_us()
        if not parcel.is_deliverable:
            return
        message = parcel.message
        self.delays_us.append(at_us - parcel.sent_us)
        if isinstance(message, AppendEntries) and message.sender == self._lagging_behind:
            message = message._replace(entries=())
        self._step(at_us, Receive(message))
        if isinstance(message, AppendEntries):
            self.append_sent_us = parcel.sent_us

    def _read(self, reads: Sequence[KeyRead]) -> None:
        self._read_keys.update(reads)
        self._step(now_us(), Read([read.id for read in reads]))

    def _step(self, at_us: int, happened: Input) -> None:
        if self.is_dropped:
            return
        confirmed_seq = self._confirmed_seq
        effects = self._node.step(at_us, happened)
        self.summary = self._node.summary()
        self._carry_out(effects, at_us)
        # A plain write is confirmed at once; the effects that follow it came first.
        if self._confirmed_seq > confirmed_seq:
            self._step(now_us(), Persisted(self._confirmed_seq))

    def _carry_out(self, effects: Sequence[Effect], at_us: int) -> None:
        answers: list[Answer] = []
        for effect in effects:
            match effect:
                case Send(message):
                    self._send(message)
                case Persist():
                    self._log.write(effect)
                case Apply(_, entries):
                    self._store.apply(entries)
                case Reply(request_id, outcome, log_index, term):
                    answers.append(Answer(request_id, outcome, log_index, term, self._value_for(request_id)))
                case RoleChange(role, term, leader):
                    self._ports.role_changed(RoleReport(role, term, leader, at_us))
            if self.is_dropped:
                return
        if answers:
            self._ports.answered(answers)

    def _send(self, message: Message) -> None:
        is_hidden = isinstance(message, AppendEntriesReply) and message.receiver == self._lagging_behind
        if not is_hidden:
            self._ports.send(message, now_us())

    def _value_for(self, request_id: int) -> str | None:
        key = self._read_keys.pop(request_id, None)
        return None if key is None else self._store.get(key)

    def _note_confirmed(self, seq: int) -> None:
        self._confirmed_seq = seq

    def _disk_failed(self, error: OSError) -> None:
        self._fail(f"its log cannot be written: {error}")

    def _fail(self, reason: str) -> None:
        self.drop()
        self._ports.failed(reason)
