"""What nodes send each other. Named tuples: they cannot change, and are the cheapest to make."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One of the log; the no-op's command is empty."""

    term: int
    command: str


class RequestVotes(NamedTuple):
    sender: int
    receiver: int
    term: int
    last_log_index: int
    last_log_term: int


class RequestVotesReply(NamedTuple):
    sender: int
    receiver: int
    term: int
    granted: bool


class AppendEntries(NamedTuple):
    sender: int
    receiver: int
    term: int
    prev_log_index: int
    prev_log_term: int
    entries: tuple[Entry, ...]
    leader_commit: int
    # The leader's round of the read index; the reply gives it back.
    round: int


class AppendEntriesReply(NamedTuple):
    sender: int
    receiver: int
    term: int
    success: bool
    # The request's.
    prev_log_index: int
    # Up to here the log is the leader's, and persisted; 0 unless success.
    match_index: int
    # The follower's own term at prev_log_index; 0 if its log is shorter.
    conflict_term: int
    # The first index of that term, or where its log ends.
    conflict_index: int
    round: int


Message = RequestVotes | RequestVotesReply | AppendEntries | AppendEntriesReply
