import type { FastifyInstance } from 'fastify';
import type { Parts } from '../parts.ts';
import { Problem } from '../problem.ts';

/** Below the second within which a lost database must show. */
const patienceMs = 800;

export function healthRoutes(app: FastifyInstance, { sql }: Parts): void {
  app.get('/health', async () => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(reject, patienceMs, new Error('no answer in time'));
    try {
      await Promise.race([sql`SELECT 1`, late]);
    } catch {
      throw new Problem('unavailable', 'the database does not answer');
    } finally {
      clearTimeout(timer);
    }
    return { status: 'ok' };
  });
}
