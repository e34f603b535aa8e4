import type { WorkloadRequest } from '../../model/workload.ts';

/** These say so when they have no body (RFC 9110, section 8.6). */
const announcesLength: ReadonlySet<WorkloadRequest['method']> = new Set(['POST', 'PUT', 'PATCH']);
/** Up to here a body is copied behind its head, so that one write carries both. */
const joinLimitBytes = 16_384;

/**
 * Puts requests to `host` (with its port) into bytes: latin1, the body behind the head where it is small. A request with a host
 * header of its own keeps that. A workload that gives the same request object again gets the same bytes without work.
 */
export class RequestWriter {
  readonly #hostLine: string;
  #bytes = Buffer.allocUnsafeSlow(2 * joinLimitBytes);
  #lastRequest: WorkloadRequest | null = null;
  /** Of `bytes`: how many the last request has. */
  length = 0;
  /** The body that is to follow the bytes: it was too large to be copied. */
  rest: Uint8Array | null = null;

  constructor(host: string) {
    this.#hostLine = `host: ${host}\r\n`;
  }

  /** Valid until the next request is written. */
  write(request: WorkloadRequest): Buffer {
    if (request === this.#lastRequest) return this.#bytes;
    const { body } = request;
    const head = this.headOf(request);
    const isJoined = body !== null && body.byteLength <= joinLimitBytes;
    this.length = head.length + (isJoined ? body.byteLength : 0);
    if (this.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * this.length);
    this.#bytes.write(head, 'latin1');
    if (isJoined) this.#bytes.set(body, head.length);
    this.rest = isJoined ? null : body;
    this.#lastRequest = request;
    return this.#bytes;
  }

  headOf({ method, path, headers, body }: WorkloadRequest): string {
    let text = `${method} ${path} HTTP/1.1\r\n${'host' in headers ? '' : this.#hostLine}`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (body !== null) text += `content-length: ${body.byteLength}\r\n`;
    else if (announcesLength.has(method)) text += 'content-length: 0\r\n';
    return `${text}\r\n`;
  }
}
