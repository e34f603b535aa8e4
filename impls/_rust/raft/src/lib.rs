//! Leader election and log replication without I/O: no clock, no timer, no task, no ambient random. Inputs and the time go in, effects come
//! out; bench/raft/contract.md says which, to the byte. Terms are those of Ongaro and Ousterhout, In Search of an Understandable Consensus
//! Algorithm ("paper"), and of Ongaro's dissertation.

mod log;
mod node;
mod peer;
mod persistence;
mod random;
mod status;

use std::fmt::{self, Display};
use std::sync::Arc;

pub use node::Node;
pub use random::{Random, seed_of};
pub use status::{PeerStatus, Status};

/// 1 to the cluster's size; 0 means none.
pub type NodeId = u32;

/// What a node knows of itself and its cluster. Times are in microseconds.
#[derive(Clone, Debug)]
pub struct Config {
    pub id: NodeId,
    pub cluster_size: u32,
    pub election_timeout_min_us: u64,
    /// At least the least; both limits may be drawn.
    pub election_timeout_max_us: u64,
    /// Less than `election_timeout_min_us`.
    pub heartbeat_us: u64,
    /// Most entries of one AppendEntries.
    pub max_batch_entries: usize,
    /// How far ahead of its confirmations a peer is sent entries.
    pub window_entries: u64,
}

/// One place of the log. An empty command is the no-op at the start of a term.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub term: u64,
    pub command: Arc<str>,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub from: NodeId,
    pub to: NodeId,
    /// The sender's current one.
    pub term: u64,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub enum Content {
    RequestVotes { last_log_index: u64, last_log_term: u64 },
    RequestVotesReply { granted: bool },
    AppendEntries(AppendEntries),
    AppendEntriesReply(AppendEntriesReply),
}

/// Brings entries, or none as a heartbeat.
#[derive(Clone, Debug)]
pub struct AppendEntries {
    pub prev_log_index: u64,
    pub prev_log_term: u64,
    pub entries: Vec<Entry>,
    pub leader_commit: u64,
    /// Of the read index; the reply gives it back.
    pub round: u64,
}

/// Says how far the follower's log matches the leader's, or where to look for that.
#[derive(Clone, Debug)]
pub struct AppendEntriesReply {
    pub success: bool,
    /// The request's.
    pub prev_log_index: u64,
    /// The log is the leader's up to here, and persisted; 0 unless success.
    pub match_index: u64,
    /// The follower's term at `prev_log_index`; 0 if its log ends before.
    pub conflict_term: u64,
    /// The first index of that term, or of what is missing.
    pub conflict_index: u64,
    pub round: u64,
}

/// What a node reacts to.
#[derive(Clone, Debug)]
pub enum Input {
    /// The first input of a node, and the first after a crash: what was persisted, and the generator's state.
    Restart {
        term: u64,
        voted_for: NodeId,
        entries: Vec<Entry>,
        random: Random,
    },
    /// Time has passed. It does nothing before the node's deadline.
    Tick,
    Message(Message),
    /// Asks a leader to append commands to the log. The ids are the host's, unique while unanswered.
    Propose(Vec<(u64, Arc<str>)>),
    /// Asks a leader to confirm that it leads, so that its store may be read.
    Read(Vec<u64>),
    /// Every persist effect up to this one is durable.
    Persisted(u64),
    /// Makes a leader do at once what its deadline would make it do. Only experiments need it.
    Heartbeat,
}

/// What a step wants done, in the order of the fields.
#[derive(Debug, Default)]
pub struct Effects {
    pub persist: Option<Persist>,
    pub sends: Vec<Message>,
    pub apply: Option<Apply>,
    pub replies: Vec<Reply>,
    pub role: Option<RoleChange>,
}

/// To be written, in order. The node then wants the input Persisted.
#[derive(Debug)]
pub struct Persist {
    pub seq: u64,
    pub term: u64,
    pub voted_for: NodeId,
    /// The log on disk is cut before this index and the entries follow. 0 and no entries: the log did not change.
    pub from_index: u64,
    pub entries: Vec<Entry>,
}

/// Newly committed entries.
#[derive(Debug)]
pub struct Apply {
    pub from_index: u64,
    pub entries: Vec<Entry>,
}

/// What has become of a proposal or a read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    Committed,
    ReadAllowed,
    NotLeader,
    /// Leadership was lost first: the entry may be committed yet.
    Unknown,
}

/// Answers a proposal or a read.
#[derive(Debug)]
pub struct Reply {
    pub id: u64,
    pub outcome: Outcome,
    /// Of the entry; of the last commitment for a read; 0 for NotLeader.
    pub index: u64,
    pub term: u64,
}

/// The role of the node since this step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoleChange {
    pub role: Role,
    pub term: u64,
    /// 0: unknown.
    pub leader: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    Follower,
    Candidate,
    Leader,
}

impl Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Follower => "follower",
            Role::Candidate => "candidate",
            Role::Leader => "leader",
        })
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Committed => "committed",
            Outcome::ReadAllowed => "read",
            Outcome::NotLeader => "notLeader",
            Outcome::Unknown => "unknown",
        })
    }
}
