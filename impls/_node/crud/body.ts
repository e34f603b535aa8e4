import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isJson, isMediaType } from './mediaType.ts';
import { Problem } from './problem.ts';

type Next = (error?: Error) => void;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** All bodies arrive as they were sent; only routes with `jsonBody` read them as JSON. */
export function keepBodiesRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // A DELETE has no body here, so its Content-Type is nobody's concern.
  app.addHttpMethod('DELETE', { hasBody: false, overrideExisting: true });
}

/** Route options, in the contract's order of refusal: 415, 413, 400; the schema's 422 follows. */
export const jsonBody = {
  onRequest: refuseUnless(isJson, 'the Content-Type is not application/json'),
  bodyLimit: 65_536,
  preValidation(request: FastifyRequest, _reply: unknown, next: Next): void {
    const json = parseJson(bodyOf(request));
    request.body = json?.value;
    next(json ? undefined : new Problem('malformed-json', 'the body is not JSON in UTF-8'));
  },
};

/** Route options: 415, 413. */
export const rawBody = {
  onRequest: refuseUnless(isMediaType, 'the Content-Type is missing or cannot be read'),
  bodyLimit: 1_048_576,
};

/** The raw body and its media type, both verbatim. */
export function contentOf(request: FastifyRequest): { body: Uint8Array; contentType: string } {
  return { body: bodyOf(request), contentType: request.headers['content-type'] ?? '' };
}

function bodyOf({ body }: FastifyRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}

function parseJson(body: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(body)) };
  } catch {
    return undefined;
  }
}

function refuseUnless(isAccepted: (contentType: string) => boolean, detail: string) {
  return (request: FastifyRequest, _reply: unknown, next: Next): void => {
    const accepted = isAccepted(request.headers['content-type'] ?? '');
    next(accepted ? undefined : new Problem('unsupported-media-type', detail));
  };
}
