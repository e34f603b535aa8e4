use crate::Entry;

/// The entries, counted from index 1. Index 0 is before the first and has term 0.
#[derive(Debug, Default)]
pub(crate) struct ReplicatedLog(Vec<Entry>);

impl ReplicatedLog {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    pub(crate) fn last_index(&self) -> u64 {
        self.0.len() as u64
    }

    pub(crate) fn last_term(&self) -> u64 {
        self.term_at(self.last_index())
    }

    /// 0 where there is no entry.
    pub(crate) fn term_at(&self, index: u64) -> u64 {
        let place = usize::try_from(index).unwrap_or(usize::MAX).wrapping_sub(1);
        self.0.get(place).map_or(0, |entry| entry.term)
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.0.push(entry);
    }

    /// Drops the entries from index on, and appends these.
    pub(crate) fn replace_from(&mut self, index: u64, entries: impl IntoIterator<Item = Entry>) {
        self.0.truncate(place_of(index));
        self.0.extend(entries);
    }

    /// At most `count` entries from index on.
    pub(crate) fn slice(&self, index: u64, count: usize) -> Vec<Entry> {
        let from = place_of(index).min(self.0.len());
        let to = from.saturating_add(count).min(self.0.len());
        self.0[from..to].to_vec()
    }

    pub(crate) fn from(&self, index: u64) -> Vec<Entry> {
        self.slice(index, usize::MAX)
    }

    /// The first index whose term is not less, or the one after the last. Terms never fall along a log.
    pub(crate) fn first_index_from(&self, term: u64) -> u64 {
        1 + self.0.partition_point(|entry| entry.term < term) as u64
    }

    /// The last index of the term at or before an index.
    pub(crate) fn last_index_of(&self, term: u64, at_index: u64) -> Option<u64> {
        let index = (self.first_index_from(term + 1) - 1).min(at_index);
        (index > 0 && self.term_at(index) == term).then_some(index)
    }
}

/// Of an index from 1 on.
fn place_of(index: u64) -> usize {
    usize::try_from(index - 1).unwrap_or(usize::MAX)
}
