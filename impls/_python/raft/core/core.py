"""One node's whole state, and what the step under way has done so far."""

from raft.core.config import NodeConfig
from raft.core.effects import Apply, Effect, Outcome, Persist, Reply, RoleChange, RoleName, Send
from raft.core.inputs import Restart
from raft.core.messages import AppendEntries, Message
from raft.core.persistence import Persistence
from raft.core.replicated_log import ReplicatedLog
from raft.core.state_machine import Follower, State
from raft.core.timer import Timer


class Core:
    """What the parts of the algorithm share: they read and change it, and leave their effects with it."""

    __slots__ = (
        "_before",
        "_changed_from",
        "_committed_before",
        "_messages",
        "_released",
        "_replies",
        "commit_index",
        "config",
        "leader",
        "log",
        "majority",
        "now_us",
        "peer_ids",
        "persistence",
        "state",
        "term",
        "timer",
        "vote_changed",
        "voted_for",
    )

    def __init__(self, config: NodeConfig) -> None:
        self.config = config
        self.majority = config.majority
        # All other nodes, ascending.
        self.peer_ids = [peer_id for peer_id in range(1, config.cluster_size + 1) if peer_id != config.id]
        self.now_us = 0
        self.restart(Restart(0, 0, (), 0))

    def restart(self, persisted: Restart) -> None:
        """As new, but for what was persisted."""
        self.term, self.voted_for = persisted.term, persisted.voted_for
        self.log = ReplicatedLog(persisted.entries)
        self.persistence = Persistence(self.log.last_index)
        self.state: State = Follower()
        # 0: unknown.
        self.leader = 0
        # All up to it has been handed out to be applied.
        self.commit_index = 0
        self.timer = Timer(self.config)
        self.timer.random = persisted.random
        self.timer.reset_election(self.now_us)
        self._begin(None)

    def begin_step(self, now_us: int) -> None:
        self.now_us = now_us
        self._begin((self.state.role, self.term, self.leader))

    def _begin(self, before: tuple[RoleName, int, int] | None) -> None:
        self._before = before
        self._committed_before = self.commit_index
        # Term or vote changed.
        self.vote_changed = False
        # Least index whose entry changed; 0: none.
        self._changed_from = 0
        self._released: list[Message] = []
        self._messages: list[Message] = []
        self._replies: list[Reply] = []

    def log_changed(self, index: int) -> None:
        """Notes that the log was written from index on."""
        self._changed_from = min(self._changed_from or index, index)

    def send(self, message: Message) -> None:
        self._messages.append(message)

    def reply(self, request_id: int, outcome: Outcome, index: int) -> None:
        self._replies.append(Reply(request_id, outcome, index, self.term))

    def confirm_persisted(self, seq: int) -> None:
        self._released += self.persistence.confirm(seq)

    def end_step(self) -> list[Effect]:
        """The effects of the step under way, in the contract's order."""
        effects: list[Effect] = []
        if self._changed_from or self.vote_changed:
            effects.append(self._persist())
        self._add_sends(effects)
        if self.commit_index > self._committed_before:
            effects.append(self._apply())
        effects += self._replies
        role = (self.state.role, self.term, self.leader)
        if role != self._before:
            effects.append(RoleChange(*role))
        return effects

    def _persist(self) -> Persist:
        last_index = self.log.last_index
        entries = self.log.slice(self._changed_from, last_index) if self._changed_from else ()
        seq = self.persistence.next_seq(last_index)
        return Persist(seq, self.term, self.voted_for, self._changed_from, entries)

    def _add_sends(self, effects: list[Effect]) -> None:
        """Persistence before answering. A leader's append_entries claims nothing: it writes while its followers do."""
        effects += [Send(message) for message in self._released]
        holds = self.persistence.is_pending
        for message in self._messages:
            if holds and not isinstance(message, AppendEntries):
                self.persistence.hold(message)
            else:
                effects.append(Send(message))

    def _apply(self) -> Apply:
        from_index = self._committed_before + 1
        return Apply(from_index, self.log.slice(from_index, self.commit_index - self._committed_before))
