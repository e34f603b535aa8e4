import type { WorkloadRequest } from '../../model/workload.ts';
import type { Loop } from '../pace/loop.ts';
import type { Connect, Connection, ConnectionListener } from './pool.ts';
import {
  AnswerCollector,
  MalformedResponse,
  type ResponseHead,
  type ResponseListener,
  ResponseReader,
} from './response-reader.ts';
import type { Socket, SocketListener, TargetPoint } from './socket.ts';

/** These say so when they have no body (RFC 9110, section 8.6). */
const announcesLength: ReadonlySet<WorkloadRequest['method']> = new Set(['POST', 'PUT', 'PATCH']);
const usualBytes = 32_768;

/**
 * Puts requests to `host` (with its port) into bytes: the head in latin1, the body behind it, so that one write carries both. A
 * request with a host header of its own keeps that. The same request object again has the same bytes without work.
 */
export class RequestWriter {
  readonly #hostLine: string;
  #bytes = Buffer.allocUnsafeSlow(usualBytes);
  #lastRequest: WorkloadRequest | null = null;
  /** Of `bytes`: how many the last request has. */
  length = 0;

  constructor(host: string) {
    this.#hostLine = `host: ${host}\r\n`;
  }

  /** Valid until the next request is written. */
  write(request: WorkloadRequest): Buffer {
    if (request === this.#lastRequest) return this.#bytes;
    const { body } = request;
    const head = this.#headOf(request);
    this.length = head.length + (body?.byteLength ?? 0);
    if (this.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * this.length);
    this.#bytes.write(head, 'latin1');
    if (body !== null) this.#bytes.set(body, head.length);
    this.#lastRequest = request;
    return this.#bytes;
  }

  #headOf({ method, path, headers, body }: WorkloadRequest): string {
    let text = `${method} ${path} HTTP/1.1\r\n${'host' in headers ? '' : this.#hostLine}`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (body !== null) text += `content-length: ${body.byteLength}\r\n`;
    else if (announcesLength.has(method)) text += 'content-length: 0\r\n';
    return `${text}\r\n`;
  }
}

/** HTTP/1.1 with keep-alive, one request at a time, on sockets of the loop. `createAnswer`: what gathers a connection's answers. */
export function connectBy(
  loop: Loop,
  point: TargetPoint,
  writer: RequestWriter,
  createAnswer = () => new AnswerCollector(),
): Connect {
  return (listener) => new HttpConnection(loop, point, writer, createAnswer(), listener);
}

class HttpConnection implements Connection, SocketListener, ResponseListener {
  readonly #writer: RequestWriter;
  readonly #answer: AnswerCollector;
  readonly #listener: ConnectionListener;
  readonly #reader: ResponseReader;
  readonly #socket: Socket;
  exchange: Connection['exchange'] = null;
  state: Connection['state'] = 'opening';
  answeredCount = 0;
  #isBusy = false;
  #isOver = false;
  #arrivedNs = Number.NaN;

  constructor(
    loop: Loop,
    point: TargetPoint,
    writer: RequestWriter,
    answer: AnswerCollector,
    listener: ConnectionListener,
  ) {
    this.#writer = writer;
    this.#answer = answer;
    this.#listener = listener;
    this.#reader = new ResponseReader(this);
    this.#socket = loop.connect(point, this);
  }

  send(request: WorkloadRequest): boolean {
    const writer = this.#writer;
    const bytes = writer.write(request);
    this.#reader.expect(request.method !== 'HEAD');
    // An error now means that the kernel took no byte of it.
    this.#isBusy = this.#socket.write(bytes, writer.length);
    return this.#isBusy;
  }

  destroy() {
    this.#isOver = true;
    this.#socket.destroy();
  }

  onOpen() {
    this.#listener.onOpen(this);
  }

  onData(bytes: Buffer, arrivedNs: number) {
    if (this.#isOver) return;
    if (!this.#isBusy) return this.#fail('bytes that were not asked for');
    this.#arrivedNs = arrivedNs;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error;
      this.#fail(error.message);
    }
  }

  onHead(head: ResponseHead) {
    this.#answer.begin(head);
  }

  onBody(bytes: Buffer, start: number, end: number) {
    this.#answer.add(bytes, start, end);
  }

  onComplete(isReusable: boolean) {
    this.#isBusy = false;
    // A server that answers before it has read the whole request will not read the next one.
    const staysOpen = isReusable && !this.#socket.hasUnsentBytes;
    if (!staysOpen) this.destroy();
    this.#listener.onAnswer(this, this.#answer, staysOpen, this.#arrivedNs);
  }

  onEnd(arrivedNs: number) {
    if (this.#isOver) return;
    this.#arrivedNs = arrivedNs;
    const reason = this.#reader.isMidAnswer ? 'closed in the middle of the answer' : 'closed before the answer';
    // This ends an answer that lasts until the close.
    this.#reader.close();
    this.#fail(reason);
  }

  onClose(reason: string) {
    this.#fail(reason);
  }

  #fail(reason: string) {
    if (this.#isOver) return;
    this.destroy();
    this.#listener.onClose(this, reason);
  }
}
