use crate::log::ReplicatedLog;
use crate::{AppendEntriesReply, Config, NodeId};

/// What a leader knows of a follower.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) id: NodeId,
    /// The next entry to send.
    pub(crate) next_index: u64,
    /// Known to be in the follower's persisted log.
    pub(crate) match_index: u64,
    /// Looking for where the logs agree: one message at a time, and `next_index` stays.
    pub(crate) probing: bool,
    /// Probing, and that message is under way.
    pub(crate) paused: bool,
    /// When the last reply came.
    pub(crate) acked_us: u64,
    pub(crate) acked_round: u64,
}

impl Peer {
    /// All nodes but this one, in ascending order.
    pub(crate) fn all(config: &Config, last_index: u64, now_us: u64) -> Vec<Peer> {
        let peer = |id| Peer {
            id,
            next_index: last_index + 1,
            match_index: 0,
            probing: true,
            paused: false,
            acked_us: now_us,
            acked_round: 0,
        };
        (1..=config.cluster_size).filter(|&id| id != config.id).map(peer).collect()
    }

    /// Takes a success. A peer far behind is brought near by one message at a time before entries are streamed to it.
    pub(crate) fn advance(&mut self, log: &ReplicatedLog, match_index: u64, max_batch_entries: usize) {
        self.match_index = self.match_index.max(match_index);
        if !self.probing {
            self.next_index = self.next_index.max(self.match_index + 1);
        } else if self.has_found_agreement(log) {
            self.next_index = self.match_index + 1;
            self.paused = false;
            self.probing = log.last_index() > self.match_index + max_batch_entries as u64;
        }
    }

    /// False of an older answer: to stop probing for it would send again all that is under way, and again for each.
    fn has_found_agreement(&self, log: &ReplicatedLog) -> bool {
        self.match_index >= self.next_index
            || self.match_index == self.next_index - 1 && self.match_index == log.last_index()
    }

    /// Takes a failure: it skips a whole conflicting term at a time (paper 5.3, end).
    pub(crate) fn back_up(&mut self, log: &ReplicatedLog, reply: &AppendEntriesReply) {
        let is_stale =
            reply.prev_log_index <= self.match_index || self.probing && reply.prev_log_index != self.next_index - 1;
        if is_stale {
            return;
        }
        let last_of_term =
            if reply.conflict_term > 0 { log.last_index_of(reply.conflict_term, reply.prev_log_index) } else { None };
        let next = last_of_term.map_or(reply.conflict_index, |last| last + 1);
        self.next_index = (self.match_index + 1).max(next.min(reply.prev_log_index));
        self.probing = true;
        self.paused = false;
    }
}
