"""When an entry is there to stay."""

from raft.core.core import Core
from raft.core.read_index import release_reads
from raft.core.state_machine import Leader


def advance_commit(core: Core, leader: Leader) -> None:
    """Commits what a majority has persisted, if it is of the current term: older entries only along with it (5.4.2)."""
    index = _majority_index(core, leader)
    if index <= core.commit_index or core.log.term_at(index) != core.term:
        return
    core.commit_index = index
    _answer_proposals(core, leader)
    release_reads(core, leader)


def _majority_index(core: Core, leader: Leader) -> int:
    """The highest index that a majority has, or 0 where none beyond the commit index has one."""
    commit_index = core.commit_index
    ahead = [peer.match_index for peer in leader.peers.values() if peer.match_index > commit_index]
    if core.persistence.durable_index > commit_index:
        ahead.append(core.persistence.durable_index)
    if len(ahead) < core.majority:
        return 0
    ahead.sort(reverse=True)
    return ahead[core.majority - 1]


def _answer_proposals(core: Core, leader: Leader) -> None:
    proposals = leader.proposals
    while proposals and proposals[0].log_index <= core.commit_index:
        proposal = proposals.popleft()
        core.reply(proposal.id, "committed", proposal.log_index)
