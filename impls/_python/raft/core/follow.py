"""What a follower does with append_entries."""

from raft.core.core import Core
from raft.core.messages import AppendEntries, AppendEntriesReply, Entry
from raft.core.state_machine import Follower, Leader


def on_append_entries(core: Core, message: AppendEntries) -> None:
    if message.term < core.term:
        _reject(core, message, 0, 0)
    elif not isinstance(core.state, Leader):
        _follow(core, message)


def _follow(core: Core, message: AppendEntries) -> None:
    log, prev_log_index = core.log, message.prev_log_index
    core.state = Follower()
    core.leader = message.sender
    core.timer.reset_election(core.now_us)
    if prev_log_index > log.last_index:
        _reject(core, message, 0, log.last_index + 1)
        return
    own_term = log.term_at(prev_log_index)
    if own_term != message.prev_log_term:
        _reject(core, message, own_term, log.first_index_from_term(own_term))
    else:
        _take_entries(core, message)


def _take_entries(core: Core, message: AppendEntries) -> None:
    _merge(core, message.prev_log_index + 1, message.entries)
    last_new_index = message.prev_log_index + len(message.entries)
    core.commit_index = max(core.commit_index, min(message.leader_commit, last_new_index))
    _accept(core, message, last_new_index)


def _merge(core: Core, first_index: int, entries: tuple[Entry, ...]) -> None:
    """Keeps what is there already, cuts at the first entry that differs: an old message must not shorten the log."""
    log = core.log
    known_count = 0
    while known_count < len(entries) and _is_known(core, first_index + known_count, entries[known_count]):
        known_count += 1
    if known_count == len(entries):
        return
    changed_index = first_index + known_count
    if changed_index <= log.last_index:
        log.cut_before(changed_index)
    log.extend(entries[known_count:])
    core.log_changed(changed_index)


def _is_known(core: Core, index: int, entry: Entry) -> bool:
    return index <= core.log.last_index and core.log.term_at(index) == entry.term


def _reject(core: Core, message: AppendEntries, conflict_term: int, conflict_index: int) -> None:
    core.send(
        AppendEntriesReply(
            core.config.id,
            message.sender,
            core.term,
            success=False,
            prev_log_index=message.prev_log_index,
            match_index=0,
            conflict_term=conflict_term,
            conflict_index=conflict_index,
            round=message.round,
        )
    )


def _accept(core: Core, message: AppendEntries, match_index: int) -> None:
    core.send(
        AppendEntriesReply(
            core.config.id,
            message.sender,
            core.term,
            success=True,
            prev_log_index=message.prev_log_index,
            match_index=match_index,
            conflict_term=0,
            conflict_index=0,
            round=message.round,
        )
    )
