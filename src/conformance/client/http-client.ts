import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Sent as they are, after the others. */
  readonly rawHeaderLines: readonly string[];
  readonly body: Uint8Array | null;
  readonly chunked: boolean;
}

export interface HttpHead {
  readonly status: number;
  /** By lower-case name; values of a repeated header joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface HttpResponse extends HttpHead {
  readonly body: Buffer;
}

/** One connection of our own: what is checked is what is on the wire, so no library may repair it. */
export interface HttpConnection {
  send(request: HttpRequest, timeoutMs: number): Promise<HttpResponse>;
  /** Resolves at the head of the answer; the body's bytes come as they come. */
  open(request: HttpRequest, timeoutMs: number): Promise<{ head: HttpHead; body: AsyncIterable<Buffer> }>;
  /** Whether another request may be sent on it. */
  readonly usable: boolean;
  close(): void;
}

export async function openConnection(baseUrl: string): Promise<HttpConnection> {
  const { hostname, port, host } = new URL(baseUrl);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const reader = createByteReader(socket);
  await once(socket, 'connect');
  let closing = false;

  async function open(request: HttpRequest, timeoutMs: number) {
    return within(socket, timeoutMs, async () => {
      closing ||= !(await write(socket, reader, request, host));
      const head = await readHead(reader);
      closing ||= /\bclose\b/i.test(head.headers.get('connection') ?? '');
      return { head, body: bodyOf(reader, head) };
    });
  }
  return {
    open,
    async send(request, timeoutMs) {
      const { head, body } = await open(request, timeoutMs);
      const chunks = await within(socket, timeoutMs, () => Array.fromAsync(body));
      if (reader.pendingCount > 0) throw new Error(`${reader.pendingCount} bytes after the end of the answer`);
      if (closing) socket.destroy();
      return { ...head, body: Buffer.concat(chunks) };
    },
    get usable() {
      return !closing && !reader.ended && !socket.destroyed;
    },
    close: () => socket.destroy(),
  };
}

async function within<T>(socket: Socket, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  return work().finally(() => clearTimeout(timer));
}

const largeBytes = 16_384;
const earlyResponseMs = 30;
const chunkBytes = 7_000;

/** False when an answer came before the body was sent: the connection is then of no more use. */
async function write(socket: Socket, reader: ByteReader, request: HttpRequest, host: string): Promise<boolean> {
  const head = Buffer.from(`${headLines(request, host).join('\r\n')}\r\n\r\n`);
  const body = request.chunked ? inChunks(request.body ?? new Uint8Array()) : (request.body ?? new Uint8Array());
  if (body.length <= largeBytes) {
    socket.write(Buffer.concat([head, body]));
    return true;
  }
  // A server may refuse a large body at its head and close: bytes still on their way would then reset the connection and
  // take the answer with them.
  socket.write(head);
  await sleep(earlyResponseMs);
  if (reader.pendingCount > 0) return false;
  socket.write(body);
  return true;
}

function headLines(request: HttpRequest, host: string): string[] {
  const lines = [`${request.method} ${request.path} HTTP/1.1`, `Host: ${host}`];
  if (request.chunked) lines.push('Transfer-Encoding: chunked');
  else if (request.body !== null || request.method === 'POST' || request.method === 'PUT') {
    lines.push(`Content-Length: ${request.body?.length ?? 0}`);
  }
  return [...lines, ...request.headers.map(([name, value]) => `${name}: ${value}`), ...request.rawHeaderLines];
}

function inChunks(body: Uint8Array): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += chunkBytes) {
    const piece = body.subarray(at, at + chunkBytes);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

const statusLineOf11 = /^HTTP\/1\.1 (\d{3})(?: |$)/;

/** The head of the next final answer; those before it (100 Continue) are skipped. */
export async function readHead(reader: ByteReader, wanted: RegExp = statusLineOf11): Promise<HttpHead> {
  const statusLine = await reader.line();
  const match = wanted.exec(statusLine);
  if (match === null) throw new Error(`not a status line of HTTP/1.1: ${JSON.stringify(statusLine)}`);
  const headers = new Map<string, string>();
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw new Error(`not a header line: ${JSON.stringify(line)}`);
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  const status = Number(match[1]);
  return status >= 100 && status < 200 ? readHead(reader, wanted) : { status, headers };
}

/** RFC 9112, section 6.3. */
export function bodyOf(reader: ByteReader, { status, headers }: HttpHead): AsyncIterable<Buffer> {
  if (status === 204 || status === 304) return nothing();
  if (/\bchunked$/i.test(headers.get('transfer-encoding') ?? '')) return chunks(reader);
  const length = headers.get('content-length');
  return length === undefined ? untilEnd(reader) : counted(reader, Number(length));
}

async function* nothing(): AsyncGenerator<Buffer> {}

async function* chunks(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const size = Number.parseInt(await reader.line(), 16);
    if (!(size >= 0)) throw new Error('a chunk without a size');
    if (size > 0) yield await reader.bytes(size);
    const after = await reader.line();
    if (after !== '') throw new Error('a chunk longer than its size (or trailers, which the contract has none of)');
    if (size === 0) return;
  }
}

async function* untilEnd(reader: ByteReader): AsyncGenerator<Buffer> {
  for (let part = await reader.read(); part !== null; part = await reader.read()) yield part;
}

async function* counted(reader: ByteReader, length: number): AsyncGenerator<Buffer> {
  yield await reader.bytes(length);
}

/** The incoming bytes of a socket, taken line by line or by count. Rejects when the connection ends before. */
export interface ByteReader {
  /** Up to the next CRLF or LF, without it. */
  line(): Promise<string>;
  bytes(count: number): Promise<Buffer>;
  /** Whatever comes next, at least one byte; null at the end. */
  read(): Promise<Buffer | null>;
  /** Bytes that came and nobody took. */
  readonly pendingCount: number;
  readonly ended: boolean;
}

export function createByteReader(socket: Socket): ByteReader {
  let pending: Buffer = Buffer.alloc(0);
  let ended = false;
  let failure: Error | null = null;
  let wake: () => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    wake();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('end', finish);
  socket.on('close', finish);
  function finish(): void {
    ended = true;
    wake();
  }

  async function more(): Promise<void> {
    if (ended) throw failure ?? new Error('the connection was closed before the answer was complete');
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  function take(count: number, skipCount = 0): Buffer {
    const taken = pending.subarray(0, count);
    pending = pending.subarray(count + skipCount);
    return taken;
  }

  return {
    async line() {
      let end = pending.indexOf(10);
      for (; end < 0; end = pending.indexOf(10)) await more();
      return take(end, 1).toString('latin1').replace(/\r$/, '');
    },
    async bytes(count) {
      while (pending.length < count) await more();
      return take(count);
    },
    async read() {
      while (pending.length === 0 && !ended) await more();
      return pending.length === 0 ? null : take(pending.length);
    },
    get pendingCount() {
      return pending.length;
    },
    get ended() {
      return ended;
    },
  };
}
