use std::collections::VecDeque;

use crate::{Content, Message};

/// What is under way to the disk, and the messages that must not be sent before it is there.
#[derive(Debug, Default)]
pub(crate) struct Persistence {
    /// Persist effects made.
    pub(crate) seq: u64,
    /// Those confirmed.
    pub(crate) persisted_seq: u64,
    /// The last log index known to be persisted.
    pub(crate) durable_index: u64,
    unconfirmed: VecDeque<Unconfirmed>,
    held: VecDeque<Held>,
}

#[derive(Debug)]
struct Unconfirmed {
    seq: u64,
    last_index: u64,
}

#[derive(Debug)]
struct Held {
    /// The persist effect it waits for.
    seq: u64,
    message: Message,
}

impl Persistence {
    /// Numbers a new persist effect, after which the log ends at `last_index`.
    pub(crate) fn next(&mut self, last_index: u64) -> u64 {
        self.seq += 1;
        self.unconfirmed.push_back(Unconfirmed { seq: self.seq, last_index });
        self.seq
    }

    pub(crate) fn held_count(&self) -> usize {
        self.held.len()
    }

    /// Those messages that claim something persisted wait until it is; the others are returned.
    pub(crate) fn hold_back(&mut self, messages: Vec<Message>) -> Vec<Message> {
        if self.seq == self.persisted_seq {
            return messages;
        }
        let (free, claiming): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| matches!(message.content, Content::AppendEntries(_)));
        self.held.extend(claiming.into_iter().map(|message| Held { seq: self.seq, message }));
        free
    }

    /// All up to `seq` is durable: returns the messages that waited for it, oldest first.
    pub(crate) fn confirm(&mut self, seq: u64) -> Vec<Message> {
        self.persisted_seq = seq;
        let confirmed_count = self.unconfirmed.iter().take_while(|one| one.seq <= seq).count();
        if let Some(last) = self.unconfirmed.drain(..confirmed_count).next_back() {
            self.durable_index = last.last_index;
        }
        let released_count = self.held.iter().take_while(|one| one.seq <= seq).count();
        self.held.drain(..released_count).map(|held| held.message).collect()
    }
}
