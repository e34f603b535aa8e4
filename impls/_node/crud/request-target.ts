import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.ts';

/** Paths are matched as they are sent: the router alone would take `/%68ealth` for `/health`. */
export function rejectOddTargets(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, next) => next(targetProblem(request.url)));
}

/** An escape, or a segment that means another path: no path of the contract has one. */
const oddity = /%|\/\.\.?(?:\/|$)/;

/** What such a path, or a fragment (no request has one), is answered. */
export function targetProblem(url: string): Problem | undefined {
  if (url.includes('#')) return new Problem('malformed-request', 'a request target has no fragment');
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  return oddity.test(path) ? new Problem('not-found', 'there is no such route') : undefined;
}
