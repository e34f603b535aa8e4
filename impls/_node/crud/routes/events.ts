import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';
import { readEventId } from './event-id.ts';

export function eventRoutes(app: FastifyInstance, { hub }: Parts): void {
  app.get('/events', async ({ user, tokenSha256, headers }, reply) => {
    const lastEventId = readEventId(headers['last-event-id']);
    await hub.open({ userId: user.id, tokenSha256, lastEventId, response: reply.raw });
    return reply.hijack();
  });
}
