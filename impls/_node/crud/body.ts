import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

type Next = (error?: Error) => void;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** All bodies arrive as they were sent; only routes with `jsonBody` read them as JSON. */
export function keepBodiesRaw(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // A DELETE has no body here, so its Content-Type does not matter.
  app.addHttpMethod('DELETE', { hasBody: false, overrideExisting: true });
}

/** Route options, in the contract's order of checks: 415, 413, 400; the schema's 422 follows. */
export const jsonBody = {
  onRequest: rejectUnless(isJson, 'the Content-Type is not application/json'),
  bodyLimit: 65_536,
  preValidation(request: FastifyRequest, _reply: unknown, next: Next): void {
    const json = parseJson(bodyOf(request));
    request.body = json?.value;
    next(json ? undefined : new Problem('malformed-json', 'the body is not JSON in UTF-8'));
  },
};

/** Route options: 415, 413. */
export const rawBody = {
  onRequest: rejectUnless(isMediaType, 'the Content-Type is missing or cannot be read'),
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

function rejectUnless(isAccepted: (contentType: string) => boolean, detail: string) {
  return (request: FastifyRequest, _reply: unknown, next: Next): void => {
    const accepted = isAccepted(request.headers['content-type'] ?? '');
    next(accepted ? undefined : new Problem('unsupported-media-type', detail));
  };
}

// RFC 9110, 5.6.2 to 5.6.6 and 8.3.1, without obs-text: a byte above 0x7E has no agreed encoding, so it cannot be kept as text.
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quotedString = '"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*"';
const mediaType = new RegExp(`^(${token}/${token})(?:[ \\t]*;[ \\t]*${token}=(?:${token}|${quotedString}))*$`);

/** Characters of a Content-Type that is kept. */
const maxLength = 127;

export function isMediaType(text: string): boolean {
  return text.length <= maxLength && mediaType.test(text);
}

export function isJson(text: string): boolean {
  return mediaType.exec(text)?.[1]?.toLowerCase() === 'application/json';
}
