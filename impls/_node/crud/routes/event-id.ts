import { Problem } from '../problem.ts';

/** PostgreSQL's largest bigint: no event comes after it. */
const maxEventId = 2n ** 63n - 1n;

/** @throws Problem `invalid` */
export function readEventId(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  if (!/^\d+$/.test(text)) throw new Problem('invalid', 'Last-Event-ID is not a number');
  const id = BigInt(text);
  return String(id < maxEventId ? id : maxEventId);
}
