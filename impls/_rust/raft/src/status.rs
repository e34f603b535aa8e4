use crate::node::{Node, State};
use crate::{NodeId, Random, Role};

/// The state of a node as others may see it: in transcripts, at GET /cluster.
#[derive(Debug)]
pub struct Status {
    pub role: Role,
    pub term: u64,
    pub voted_for: NodeId,
    pub leader: NodeId,
    pub commit_index: u64,
    pub last_log_index: u64,
    pub last_log_term: u64,
    pub durable_index: u64,
    pub random: Random,
    pub held: usize,
    /// Ascending; of a candidate only.
    pub votes: Vec<NodeId>,
    pub round: u64,
    pub confirmed_round: u64,
    pub proposals: usize,
    pub reads: usize,
    /// Ascending; of a leader only.
    pub peers: Vec<PeerStatus>,
}

/// What a leader knows of a follower.
#[derive(Debug)]
pub struct PeerStatus {
    pub id: NodeId,
    pub next_index: u64,
    pub match_index: u64,
    pub probing: bool,
    pub paused: bool,
    pub acked_us: u64,
    pub acked_round: u64,
}

impl Node {
    pub fn status(&self) -> Status {
        let lead = self.leadership();
        let votes = match &self.state {
            State::Candidate(candidacy) => candidacy.votes.iter().copied().collect(),
            _ => Vec::new(),
        };
        Status {
            role: self.role(),
            term: self.current_term,
            voted_for: self.voted_for,
            leader: self.leader,
            commit_index: self.commit_index,
            last_log_index: self.log.last_index(),
            last_log_term: self.log.last_term(),
            durable_index: self.persistence.durable_index,
            random: self.random,
            held: self.persistence.held_count(),
            votes,
            round: lead.map_or(0, |lead| lead.round),
            confirmed_round: lead.map_or(0, |lead| lead.confirmed_round),
            proposals: lead.map_or(0, |lead| lead.proposals.len()),
            reads: lead.map_or(0, |lead| lead.reads.len()),
            peers: lead.into_iter().flat_map(|lead| &lead.peers).map(PeerStatus::of).collect(),
        }
    }
}

impl PeerStatus {
    fn of(peer: &crate::peer::Peer) -> Self {
        Self {
            id: peer.id,
            next_index: peer.next_index,
            match_index: peer.match_index,
            probing: peer.probing,
            paused: peer.paused,
            acked_us: peer.acked_us,
            acked_round: peer.acked_round,
        }
    }
}
