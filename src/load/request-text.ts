import type { WorkloadRequest } from '../model/workload.ts';

/** The head of a request as it goes on the wire (latin1), and the body that follows it. */
export type RequestWriter = (request: WorkloadRequest) => string;

/** These say so when they have no body (RFC 9110, section 8.6). */
const announcesLength: ReadonlySet<WorkloadRequest['method']> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Puts requests to `host` (with its port) into text; a request with a host header of its own keeps that. A workload that gives the
 * same request object again gets the same text without work.
 */
export function createRequestWriter(host: string): RequestWriter {
  const hostLine = `host: ${host}\r\n`;
  let lastRequest: WorkloadRequest | null = null;
  let lastText = '';
  return (request) => {
    if (request === lastRequest) return lastText;
    let text = `${request.method} ${request.path} HTTP/1.1\r\n${'host' in request.headers ? '' : hostLine}`;
    for (const name in request.headers) text += `${name}: ${request.headers[name]}\r\n`;
    if (request.body !== null) text += `content-length: ${request.body.byteLength}\r\n`;
    else if (announcesLength.has(request.method)) text += 'content-length: 0\r\n';
    lastRequest = request;
    lastText = `${text}\r\n`;
    return lastText;
  };
}
