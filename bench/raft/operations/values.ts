import { createRandom } from '../../../src/stats/random.ts';

/** So many keys that neighbours rarely meet, so few that reads mostly find one. */
const keyCount = 100;
const valueLength = 64;
const encoder = new TextEncoder();

/** A write as this client knows it. `index` is null until it is acknowledged, and for ever where the outcome stayed unknown. */
export interface Write {
  readonly value: string;
  index: number | null;
}

/** The keys, what was written to them, and the newest index that this client has been told. */
export interface Values {
  drawKey(): string;
  /** A new value for the key, never written before. */
  write(key: string): Write;
  find(key: string, value: string): Write | null;
  /** Index of the newest acknowledged write of the key; 0: none. */
  ackedIndex(key: string): number;
  /** Of all answers so far. */
  newestIndex(): number;
  acknowledge(key: string, write: Write, index: number): void;
}

export function createValues(seed: number): Values {
  const random = createRandom(seed);
  const written = new Map<string, Map<string, Write>>();
  const acked = new Map<string, number>();
  let writeCount = 0;
  let newest = 0;
  return {
    drawKey: () => `key-${random.below(keyCount)}`,
    write(key) {
      writeCount += 1;
      const write = { value: `${seed}-${writeCount}-`.padEnd(valueLength, 'x'), index: null };
      const ofKey = written.get(key) ?? new Map<string, Write>();
      written.set(key, ofKey.set(write.value, write));
      return write;
    },
    find: (key, value) => written.get(key)?.get(value) ?? null,
    ackedIndex: (key) => acked.get(key) ?? 0,
    newestIndex: () => newest,
    acknowledge(key, write, index) {
      write.index = index;
      acked.set(key, Math.max(index, acked.get(key) ?? 0));
      newest = Math.max(newest, index);
    },
  };
}

export function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}
