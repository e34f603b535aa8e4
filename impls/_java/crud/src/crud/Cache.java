package crud;

import java.util.LinkedHashMap;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps file bodies, least recently used out first, within a budget of body bytes. */
final class Cache {
  /** Bounds what empty bodies, which weigh nothing, can pile up. */
  private static final int MAX_ENTRIES = 65_536;

  private record Entry(int version, byte[] body) {}

  private final long budgetBytes;
  private long usedBytes;
  private final LinkedHashMap<UUID, Entry> byId = new LinkedHashMap<>(16, 0.75f, true);
  private final ReentrantLock lock = new ReentrantLock();

  Cache(long budgetBytes) {
    this.budgetBytes = budgetBytes;
  }

  /** Finds only this version, else null: the database has just said which one is current. */
  byte[] get(UUID id, int version) {
    lock.lock();
    try {
      var entry = byId.get(id);
      return entry != null && entry.version == version ? entry.body : null;
    } finally {
      lock.unlock();
    }
  }

  /** Replaces an older version of the file. A newer one, put by a faster request, stays. */
  void put(UUID id, int version, byte[] body) {
    if (body.length > budgetBytes) {
      return;
    }
    lock.lock();
    try {
      var entry = byId.get(id);
      if (entry != null && entry.version > version) {
        return;
      }
      remove(id);
      byId.put(id, new Entry(version, body));
      usedBytes += body.length;
      while (usedBytes > budgetBytes || byId.size() > MAX_ENTRIES) {
        remove(byId.firstEntry().getKey());
      }
    } finally {
      lock.unlock();
    }
  }

  void drop(UUID id) {
    lock.lock();
    try {
      remove(id);
    } finally {
      lock.unlock();
    }
  }

  private void remove(UUID id) {
    var entry = byId.remove(id);
    if (entry != null) {
      usedBytes -= entry.body.length;
    }
  }
}
