use std::io;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use raft::Persist;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::files::{LogFile, append_record};

/// Writes a node's persist effects, in order.
pub enum Journal {
    /// Counts what the kernel has: it survives a killed process.
    File { log: LogFile, unwritten: Records },
    /// Counts what the disk has.
    Synced(SyncedJournal),
}

/// Persist effects that are not written yet.
#[derive(Default)]
pub struct Records {
    text: Vec<u8>,
    /// Of the last.
    seq: u64,
}

impl Records {
    fn append(&mut self, persist: &Persist) {
        append_record(&mut self.text, persist);
        self.seq = persist.seq;
    }
}

impl Journal {
    pub fn append(&mut self, persist: &Persist) {
        match self {
            Journal::File { unwritten, .. } => unwritten.append(persist),
            Journal::Synced(journal) => journal.shared.lock().append(persist),
        }
    }

    /// Writes what was appended, and returns up to which effect all is durable now, if that is news. A synced journal reports so later.
    pub fn write(&mut self) -> io::Result<Option<u64>> {
        match self {
            Journal::File { unwritten, .. } if unwritten.seq == 0 => Ok(None),
            Journal::File { log, unwritten } => {
                let seq = mem::take(&mut unwritten.seq);
                log.write(&unwritten.text)?;
                unwritten.text.clear();
                Ok(Some(seq))
            }
            Journal::Synced(journal) => {
                journal.shared.bell.notify_one();
                Ok(None)
            }
        }
    }

    /// Gives up what is not written yet: a crash flushes nothing. Waits for a sync under way.
    pub async fn close(self) {
        if let Journal::Synced(journal) = self {
            journal.shared.lock().text.clear();
            journal.shared.lock().seq = 0;
            *journal.shared.is_closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
            journal.shared.bell.notify_one();
            // It fails where the task panics, and then there is nothing to wait for.
            let _ = journal.task.await;
        }
    }
}

/// A task of its own writes and syncs all that came during its last sync at once: group commit.
pub struct SyncedJournal {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    bell: Notify,
    unwritten: Mutex<Records>,
    is_closed: Mutex<bool>,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Records> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        *self.is_closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SyncedJournal {
    /// What is durable, or the first failure, is reported.
    pub fn start(log: LogFile, report: impl Fn(io::Result<u64>) + Send + 'static) -> Self {
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(write_and_sync(Arc::new(log), shared.clone(), report));
        Self { shared, task }
    }
}

async fn write_and_sync(log: Arc<LogFile>, shared: Arc<Shared>, report: impl Fn(io::Result<u64>) + Send + 'static) {
    loop {
        shared.bell.notified().await;
        if shared.is_closed() {
            return;
        }
        let batch = mem::take(&mut *shared.lock());
        if batch.seq == 0 {
            continue;
        }
        let file = log.clone();
        let written = spawn_blocking(move || file.write(&batch.text).and_then(|()| file.sync())).await;
        let outcome = written.unwrap_or_else(|panic| Err(io::Error::other(panic))).map(|()| batch.seq);
        let has_failed = outcome.is_err();
        report(outcome);
        if has_failed {
            return;
        }
    }
}
