import type { FastifyInstance } from 'fastify';

/** Makes the problem that a service answers with. */
export type Refuse = (
  type: 'not-found' | 'method-not-allowed',
  detail: string,
  headers?: Readonly<Record<string, string>>,
) => Error;

/** Answers 404 for unknown paths and 405 for methods the contract does not have, before anything else of a request is looked at. */
export function refuseUnknownRoutes(app: FastifyInstance, refuse: Refuse): void {
  const methodsOf = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsOf.set(url, [...(methodsOf.get(url) ?? []), ...[method].flat()]);
  });
  app.addHook('onRequest', (request, _reply, next) => {
    // The router takes `/files/` for `/files/:id` without an id.
    const isKnown = !request.is404 && !Object.values(request.params as object).includes('');
    next(isKnown ? undefined : refusalOf(methodsOf, request.url, refuse));
  });
}

function refusalOf(methodsOf: ReadonlyMap<string, readonly string[]>, url: string, refuse: Refuse): Error {
  const path = url.split('?', 1)[0] ?? '';
  const methods = [...methodsOf].filter(([pattern]) => matches(pattern, path)).flatMap(([, methods]) => methods);
  if (methods.length === 0) return refuse('not-found', 'there is no such route');
  return refuse('method-not-allowed', 'the route has other methods', { allow: methods.join(', ') });
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
