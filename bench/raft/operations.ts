import type { Operation, WorkloadResponse, WorkloadSession } from '../../src/model/workload.ts';
import { createRandom } from '../../src/stats/random.ts';

const nothing = { createdCount: 0, deletedCount: 0, uncertainCount: 0 };

/** A client that draws one operation after another; null: nothing is asked. */
export function sessionOf(seed: number, draw: ((values: Values) => Operation) | null): WorkloadSession {
  const values = createValues(seed);
  return {
    next: () => draw?.(values) ?? null,
    streams: [],
    onEvent: () => null,
    acknowledged: () => nothing,
  };
}

const decoder = new TextDecoder();

/** PUT /kv/{key}. Its index must be newer than anything that was acknowledged before it was sent. */
export function put(values: Values): Operation {
  const key = values.drawKey();
  const write = values.write(key);
  const before = values.newestIndex();
  return {
    name: 'put',
    request: {
      method: 'PUT',
      path: `/kv/${key}`,
      headers: { 'content-type': 'text/plain' },
      body: bytesOf(write.value),
    },
    refused: refusedReason,
    check({ status, body }) {
      if (status !== 200) return `status ${status} instead of 200`;
      const { index } = JSON.parse(decoder.decode(body)) as { index: unknown };
      if (!Number.isSafeInteger(index)) return 'no index in the answer';
      values.acknowledge(key, write, index as number);
      return (index as number) > before ? null : `index ${index} is not newer than ${before}, acknowledged before`;
    },
    abandon() {},
  };
}

/** GET /kv/{key}, linearizable: never older than a write of the key that was acknowledged before the read was sent. */
export function read(values: Values): Operation {
  const key = values.drawKey();
  const minIndex = values.acknowledgedIndex(key);
  return {
    name: 'read',
    request: { method: 'GET', path: `/kv/${key}`, headers: {}, body: null },
    refused: refusedReason,
    check({ status, body }) {
      if (status === 404) return minIndex === 0 ? null : `404 although a write with index ${minIndex} was acknowledged`;
      if (status !== 200) return `status ${status} instead of 200`;
      const found = values.find(key, decoder.decode(body));
      if (found === null) return 'a value that nobody wrote';
      return found.index === null || found.index >= minIndex
        ? null
        : `stale: index ${found.index}, ${minIndex} was acknowledged`;
    },
    abandon() {},
  };
}

/** The contract's two ways to say "not now": no leader, and outcome unknown. */
function refusedReason(answer: WorkloadResponse): string | null {
  if (answer.status === 503) return answer.header('retry-after') === null ? null : '503 no leader';
  return answer.status === 504 ? '504 outcome unknown' : null;
}

/** So many keys that neighbours rarely meet, so few that reads mostly find one. */
const keyCount = 100;
const valueLength = 64;
const encoder = new TextEncoder();

/** A write as this client knows it. `index` is null until it is acknowledged, and for ever where the outcome stayed unknown. */
interface Write {
  readonly value: string;
  index: number | null;
}

/** The keys, what was written to them, and the newest index that this client has seen. */
export interface Values {
  drawKey(): string;
  /** A new value for the key, never written before. */
  write(key: string): Write;
  find(key: string, value: string): Write | null;
  /** Index of the newest acknowledged write of the key; 0: none. */
  acknowledgedIndex(key: string): number;
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
    acknowledgedIndex: (key) => acked.get(key) ?? 0,
    newestIndex: () => newest,
    acknowledge(key, write, index) {
      write.index = index;
      acked.set(key, Math.max(index, acked.get(key) ?? 0));
      newest = Math.max(newest, index);
    },
  };
}

function bytesOf(text: string): Uint8Array {
  return encoder.encode(text);
}
