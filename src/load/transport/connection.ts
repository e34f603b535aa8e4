import type { WorkloadRequest } from '../../model/workload.ts';
import type { Loop } from '../pace/loop.ts';
import { AnswerCollector } from './answer.ts';
import type { Connect, Connection, ConnectionListener } from './pool.ts';
import type { RequestWriter } from './request-text.ts';
import { MalformedResponse, type ResponseHead } from './response-head.ts';
import { type ResponseListener, ResponseReader } from './response-reader.ts';
import type { Socket, SocketListener, TargetPoint } from './socket.ts';

/** HTTP/1.1 with keep-alive, one request at a time, on sockets of the loop. `keepsBodies`: see AnswerCollector. */
export function connectBy(loop: Loop, point: TargetPoint, writer: RequestWriter, keepsBodies = true): Connect {
  return (listener) => new HttpConnection(loop, point, writer, keepsBodies, listener);
}

class HttpConnection implements Connection, SocketListener, ResponseListener {
  readonly #writer: RequestWriter;
  readonly #answer: AnswerCollector;
  readonly #listener: ConnectionListener;
  readonly #reader: ResponseReader;
  readonly #socket: Socket;
  exchange: Connection['exchange'] = null;
  state: Connection['state'] = 'opening';
  #isBusy = false;
  #isOver = false;

  constructor(
    loop: Loop,
    point: TargetPoint,
    writer: RequestWriter,
    keepsBodies: boolean,
    listener: ConnectionListener,
  ) {
    this.#writer = writer;
    this.#answer = new AnswerCollector(keepsBodies);
    this.#listener = listener;
    this.#reader = new ResponseReader(this);
    this.#socket = loop.connect(point, this);
  }

  send(request: WorkloadRequest): boolean {
    const writer = this.#writer;
    const bytes = writer.write(request);
    this.#reader.expect(request.method !== 'HEAD');
    // An error now means that the kernel took no byte of it.
    if (!this.#socket.write(bytes, writer.length, writer.rest !== null)) return false;
    if (writer.rest !== null) this.#socket.write(writer.rest, writer.rest.byteLength, false);
    this.#isBusy = true;
    return true;
  }

  destroy() {
    this.#isOver = true;
    this.#socket.destroy();
  }

  onOpen() {
    this.#listener.onOpen(this);
  }

  onData(bytes: Buffer) {
    if (this.#isOver) return;
    if (!this.#isBusy) return this.#fail('bytes nobody asked for');
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
    this.#listener.onAnswer(this, this.#answer, staysOpen);
  }

  onEnd() {
    if (this.#isOver) return;
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
