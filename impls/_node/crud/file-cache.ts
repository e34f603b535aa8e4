import { LRUCache } from 'lru-cache';

export interface FileCache {
  /** The body, if the cached one is of this version. */
  get(fileId: string, version: number): Buffer | undefined;
  set(fileId: string, version: number, body: Buffer): void;
  delete(fileId: string): void;
}

interface Entry {
  readonly version: number;
  readonly body: Buffer;
}

/** An LRU bounded by body bytes. What is larger than the whole cache is not stored. The caller asks the database for the version first. */
export function createFileCache(maxBytes: number): FileCache {
  if (maxBytes === 0) return { get: () => undefined, set: () => {}, delete: () => {} };
  // LRUCache counts sizes from 1 up, so an empty body weighs one byte.
  const entries = new LRUCache<string, Entry>({
    maxSize: maxBytes,
    sizeCalculation: ({ body }) => Math.max(1, body.length),
  });
  return {
    get(fileId, version) {
      const entry = entries.get(fileId);
      return entry?.version === version ? entry.body : undefined;
    },
    set: (fileId, version, body) => void entries.set(fileId, { version, body }),
    delete: (fileId) => void entries.delete(fileId),
  };
}
