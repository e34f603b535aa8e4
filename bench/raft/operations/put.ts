import type { Operation } from '../../../src/model/workload.ts';
import { refusal } from './refusal.ts';
import { bytesOf, type Values } from './values.ts';

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
    refusal,
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
