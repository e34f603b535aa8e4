import type { RequestBytes } from './fuzz.ts';

/** Reads a request as leniently as any server does: lines end with CRLF or LF, and empty lines before the first are skipped. */
export function readRequestBytes(text: string): RequestBytes {
  const begun = text.replace(/^(\r?\n)+/, '');
  const end = /\r?\n\r?\n/.exec(begun);
  const headCount = end === null ? begun.length : end.index + end[0].length;
  const head = begun.slice(0, headCount);
  const [requestLine = '', ...headerLines] = begun.slice(0, end?.index).split(/\r?\n/);
  const [method = '', target = '', version = ''] = requestLine.split(' ');
  return { method, target, version, headerLines, head, body: begun.slice(headCount), text };
}

/** The values of a header, in their order, without the whitespace around them. */
export function headerValues({ headerLines }: RequestBytes, name: string): string[] {
  const prefix = `${name.toLowerCase()}:`;
  return headerLines
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).replace(/^[ \t]+|[ \t\r]+$/g, ''));
}

/** How the body ends: as plain HTTP says it, or otherwise. */
export type Framing =
  | { readonly kind: 'plain'; readonly missingCount: number; readonly behind: string }
  /** Said twice, or in a way that RFC 9112 (6 and 7.1) does not allow. */
  | { readonly kind: 'odd' };

export function framingOf(request: RequestBytes): Framing {
  const lengths = headerValues(request, 'content-length');
  const codings = headerValues(request, 'transfer-encoding');
  if (lengths.length + codings.length > 1 || /\n[^:]*(content-length|transfer-encoding)[ \t]+:/i.test(request.head))
    return { kind: 'odd' };
  if (codings.length > 0)
    return request.version === 'HTTP/1.1' && codings[0] === 'chunked' ? chunkedFraming(request.body) : { kind: 'odd' };
  const [length = '0'] = lengths;
  if (!/^(0|[1-9]\d{0,8})$/.test(length)) return { kind: 'odd' };
  const missingCount = Math.max(0, Number(length) - request.body.length);
  return { kind: 'plain', missingCount, behind: request.body.slice(Number(length)) };
}

/** Without extensions and trailers; a size of more than eight digits is odd. */
function chunkedFraming(body: string): Framing {
  for (let at = 0; ; ) {
    const line = /^([0-9A-Fa-f]{1,8})\r\n/.exec(body.slice(at, at + 12));
    if (line === null) return at === body.length ? { kind: 'plain', missingCount: 1, behind: '' } : { kind: 'odd' };
    const size = Number.parseInt(line[1] ?? '', 16);
    at += line[0].length;
    const end = at + size;
    if (end + 2 > body.length) return { kind: 'plain', missingCount: end + 2 - body.length, behind: '' };
    if (body.slice(end, end + 2) !== '\r\n') return { kind: 'odd' };
    at = end + 2;
    if (size === 0) return { kind: 'plain', missingCount: 0, behind: body.slice(at) };
  }
}

/** Whether some server may have to wait for more of it. */
export function mayBeIncomplete(request: RequestBytes): boolean {
  if (!/\r\n\r\n$/.test(request.head)) return true;
  const framing = framingOf(request);
  return framing.kind === 'odd' || framing.missingCount > 0;
}
