import type { FastifyInstance } from 'fastify';

/** Makes the problem that a service answers with. */
export type Reject = (
  type: 'not-found' | 'method-not-allowed',
  detail: string,
  headers?: Readonly<Record<string, string>>,
) => Error;

/** Answers 404 for unknown paths and 405 for methods the contract does not have, before anything else of a request is looked at. */
export function rejectUnknownRoutes(app: FastifyInstance, reject: Reject): void {
  const methodsOf = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()]);
  });
  app.addHook('onRequest', (request, _reply, next) => {
    // The router takes `/files/` for `/files/:id` without an id.
    const isKnown = !request.is404 && !Object.values(request.params as object).includes('');
    next(isKnown ? undefined : problemFor(methodsOf, request.url, reject));
  });
}

function problemFor(methodsOf: ReadonlyMap<string, readonly string[]>, url: string, reject: Reject): Error {
  const path = url.split('?', 1)[0] ?? '';
  const methods = [...methodsOf].filter(([pattern]) => matches(pattern, path)).flatMap(([, methods]) => methods);
  if (methods.length === 0) return reject('not-found', 'there is no such route');
  return reject('method-not-allowed', 'the route has other methods', { allow: methods.join(', ') });
}

/** Whether a path fits a route such as `/files/:id/content`. */
function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  );
}
