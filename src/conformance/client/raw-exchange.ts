import { once } from 'node:events';
import { connect } from 'node:net';
import { pause } from '../../os/child-process.ts';
import { type ByteReader, bodyOf, createByteReader, type HttpResponse, readHead } from './http-client.ts';

export type RawAnswer =
  | { readonly kind: 'answered'; readonly response: HttpResponse; readonly furtherCount: number }
  /** The connection was closed, or its bytes are no answer. */
  | { readonly kind: 'none'; readonly reason: string }
  /** Nothing, or not all of an answer, within the time. */
  | { readonly kind: 'silent' };

export interface RawExchangeOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** How long to listen for further answers on the same connection, unless the first says that it closes; 0: not at all. */
  readonly listenMs?: number;
  /** Says after a while that nothing more is sent: for requests that may end before they should. */
  readonly hangsUp?: boolean;
}

const restMs = 30;
/** Long enough for whoever has all of the request: a server may take the end for a client that has left. */
const hangUpMs = 300;
/** What is sent may say HTTP/1.0 or 1.2, and its answer then does. */
const anyStatusLine = /^HTTP\/1\.\d (\d{3})(?: |$)/;

/**
 * Sends bytes as they are on a new connection and reads what is answered. The body of an event stream is not read.
 * Whatever the target does is data; an abort is thrown.
 */
export async function exchangeRaw(baseUrl: string, bytes: Uint8Array, options: RawExchangeOptions): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const reader = createByteReader(socket);
  const hangUp = () => socket.destroy();
  options.signal.addEventListener('abort', hangUp);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    socket.destroy();
  }, options.timeoutMs);
  try {
    await once(socket, 'connect');
    const headEnd = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('\r\n\r\n');
    // A large request may be refused at its head: bytes still on their way would reset the connection and take the answer along.
    const firstCount = bytes.length > 16_384 && headEnd > 0 ? headEnd + 4 : bytes.length;
    socket.write(bytes.subarray(0, firstCount));
    if (firstCount < bytes.length) {
      await pause(restMs, options.signal);
      if (reader.pendingCount === 0) socket.write(bytes.subarray(firstCount));
    }
    const patience = options.hangsUp === true ? setTimeout(() => socket.end(), hangUpMs) : undefined;
    const response = await readAnswer(reader, isHeadRequest(bytes)).finally(() => clearTimeout(patience));
    const isLast = /\bclose\b/i.test(response.headers.get('connection') ?? '');
    return { kind: 'answered', response, furtherCount: isLast ? 0 : await furtherAnswers(reader, options) };
  } catch (error) {
    options.signal.throwIfAborted();
    return late ? { kind: 'silent' } : { kind: 'none', reason: (error as Error).message };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', hangUp);
    socket.destroy();
  }
}

async function readAnswer(reader: ByteReader, toHead: boolean): Promise<HttpResponse> {
  const head = await readHead(reader, anyStatusLine);
  const isStream = head.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const chunks = isStream || toHead ? [] : await Array.fromAsync(bodyOf(reader, head));
  return { ...head, body: Buffer.concat(chunks) };
}

/** An answer to HEAD has no body, whatever its Content-Length (RFC 9110, 9.3.2). */
function isHeadRequest(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 16)).toString('latin1').trimStart().startsWith('HEAD ');
}

async function furtherAnswers(reader: ByteReader, { listenMs = 0, signal }: RawExchangeOptions): Promise<number> {
  if (listenMs === 0) return 0;
  await pause(listenMs, signal);
  if (reader.pendingCount === 0) return 0;
  const rest = (await reader.bytes(reader.pendingCount)).toString('latin1');
  return rest.split(/^HTTP\/1\.\d /m).length - 1;
}
