import type { Operation } from '../../../src/model/workload.ts';
import { refusal } from './refusal.ts';
import type { Values } from './values.ts';

const decoder = new TextDecoder();

/** GET /kv/{key}, linearizable: never older than a write of the key that was acknowledged before the read was sent. */
export function read(values: Values): Operation {
  const key = values.drawKey();
  const least = values.ackedIndex(key);
  return {
    name: 'read',
    request: { method: 'GET', path: `/kv/${key}`, headers: {}, body: null },
    refusal,
    check({ status, body }) {
      if (status === 404) return least === 0 ? null : `404 although a write with index ${least} was acknowledged`;
      if (status !== 200) return `status ${status} instead of 200`;
      const found = values.find(key, decoder.decode(body));
      if (found === null) return 'a value that nobody wrote';
      return found.index === null || found.index >= least
        ? null
        : `stale: index ${found.index}, ${least} was acknowledged`;
    },
    abandon() {},
  };
}
