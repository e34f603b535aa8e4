import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';
import { Problem } from '../problem.ts';

/** PostgreSQL's largest bigint: no event comes after it. */
const maxEventId = 2n ** 63n - 1n;

export function eventRoutes(app: FastifyInstance, { hub }: Parts): void {
  app.get('/events', async ({ user, tokenSha256, headers }, reply) => {
    const lastEventId = readEventId(headers['last-event-id']);
    await hub.open({ userId: user.id, tokenSha256, lastEventId, response: reply.raw });
    return reply.hijack();
  });
}

/** @throws Problem `invalid` */
function readEventId(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  if (!/^\d+$/.test(text)) throw new Problem('invalid', 'Last-Event-ID is not a number');
  const id = BigInt(text);
  return String(id < maxEventId ? id : maxEventId);
}
