use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use lru::LruCache;
use uuid::Uuid;

/// Bounds what empty bodies, which weigh nothing, can pile up.
const MAX_ENTRIES: usize = 65_536;

/// Keeps file bodies, least recently used out first, within a budget of body bytes.
pub struct Cache {
    budget_bytes: usize,
    kept: Mutex<Kept>,
}

struct Kept {
    used_bytes: usize,
    bodies: LruCache<Uuid, Cached>,
}

struct Cached {
    version: i32,
    body: Bytes,
}

impl Cache {
    pub fn new(budget_bytes: usize) -> Self {
        Self { budget_bytes, kept: Mutex::new(Kept { used_bytes: 0, bodies: LruCache::unbounded() }) }
    }

    /// Finds only this version: the database has just said which one is current.
    pub fn get(&self, id: Uuid, version: i32) -> Option<Bytes> {
        let mut kept = self.lock();
        kept.bodies.get(&id).filter(|cached| cached.version == version).map(|cached| cached.body.clone())
    }

    /// Replaces an older version of the file. A newer one, put by a faster request, stays.
    pub fn put(&self, id: Uuid, version: i32, body: Bytes) {
        let mut kept = self.lock();
        let is_newer_kept = kept.bodies.peek(&id).is_some_and(|cached| cached.version > version);
        if body.len() > self.budget_bytes || is_newer_kept {
            return;
        }
        kept.remove(id);
        kept.used_bytes += body.len();
        kept.bodies.put(id, Cached { version, body });
        while kept.used_bytes > self.budget_bytes || kept.bodies.len() > MAX_ENTRIES {
            kept.remove_oldest();
        }
    }

    pub fn drop_file(&self, id: Uuid) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, id: Uuid) {
        if let Some(cached) = self.bodies.pop(&id) {
            self.used_bytes -= cached.body.len();
        }
    }

    fn remove_oldest(&mut self) {
        if let Some((_, cached)) = self.bodies.pop_lru() {
            self.used_bytes -= cached.body.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Uuid = Uuid::from_u128(1);
    const B: Uuid = Uuid::from_u128(2);
    const C: Uuid = Uuid::from_u128(3);

    #[test]
    fn only_the_version_asked_for_is_found() {
        let cache = Cache::new(10);
        cache.put(A, 2, Bytes::from_static(b"two"));
        assert_eq!(cache.get(A, 2), Some(Bytes::from_static(b"two")));
        assert_eq!(cache.get(A, 3), None);
        cache.put(A, 1, Bytes::from_static(b"one"));
        assert!(cache.get(A, 2).is_some());
        cache.drop_file(A);
        assert_eq!(cache.get(A, 2), None);
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let cache = Cache::new(10);
        for id in [A, B] {
            cache.put(id, 1, Bytes::from_static(b"12345"));
        }
        cache.get(A, 1);
        cache.put(C, 1, Bytes::from_static(b"1"));
        assert_eq!([A, B, C].map(|id| cache.get(id, 1).is_some()), [true, false, true]);
    }

    #[test]
    fn a_body_above_the_budget_is_not_kept() {
        let cache = Cache::new(4);
        cache.put(A, 1, Bytes::from_static(b"12345"));
        assert_eq!(cache.get(A, 1), None);
    }
}
