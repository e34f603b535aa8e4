import type { ServerSentEvent, WorkloadRequest } from '../../model/workload.ts';
import type { Alarm } from '../../os/clock.ts';
import type { Loop } from '../pace/loop.ts';
import { RequestWriter } from './connection.ts';
import { MalformedResponse, type ResponseHead, type ResponseListener, ResponseReader } from './response-reader.ts';
import type { Socket, SocketListener, TargetPoint } from './socket.ts';
import { hostOf } from './target-address.ts';

/** The event streams that a workload holds open beside its requests. */
export interface EventStreams {
  close(): void;
}

const reopenAfterNs = 1e9;

/**
 * Opens one stream for each request; resolves when all have answered 200, rejects when one does not at first. A stream that
 * ends later is opened again after a second, from the last event it gave.
 */
export async function openEventStreams(
  loop: Loop,
  point: TargetPoint,
  requests: readonly WorkloadRequest[],
  onEvent: (event: ServerSentEvent) => void,
): Promise<EventStreams> {
  const kept = requests.map((request) => new KeptStream(loop, point, request, onEvent));
  const close = () => {
    for (const stream of kept) stream.close();
  };
  try {
    await Promise.all(kept.map((stream) => stream.opened));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

/** Open as long as it is kept, but for a second after each end. */
class KeptStream {
  readonly opened: Promise<void>;
  readonly #loop: Loop;
  readonly #point: TargetPoint;
  readonly #request: WorkloadRequest;
  readonly #onEvent: (event: ServerSentEvent) => void;
  readonly #first = Promise.withResolvers<void>();
  #lastEventId: string | null = null;
  #alarm: Alarm | null = null;
  #stream: OpenStream;

  constructor(loop: Loop, point: TargetPoint, request: WorkloadRequest, onEvent: (event: ServerSentEvent) => void) {
    this.#loop = loop;
    this.#point = point;
    this.#request = request;
    this.#onEvent = onEvent;
    this.opened = this.#first.promise;
    this.#stream = this.#open();
  }

  close() {
    this.#alarm?.cancel();
    this.#stream.close();
  }

  onOpen() {
    this.#first.resolve();
  }

  onEvent(event: ServerSentEvent) {
    this.#lastEventId = event.id;
    this.#onEvent(event);
  }

  onClose(reason: string) {
    this.#first.reject(new Error(`the event stream ${this.#request.path} did not open: ${reason}`));
    this.#alarm = this.#loop.at(this.#loop.nowNs() + reopenAfterNs, () => {
      this.#stream = this.#open();
    });
  }

  #open(): OpenStream {
    const headers = this.#lastEventId === null ? {} : { 'last-event-id': this.#lastEventId };
    const request = { ...this.#request, headers: { ...this.#request.headers, ...headers } };
    const head = Buffer.from(new RequestWriter(hostOf(this.#point.target)).headOf(request), 'latin1');
    return new OpenStream(this.#loop, this.#point, head, this);
  }
}

/** One stream from its request to its end. */
class OpenStream implements SocketListener, ResponseListener {
  readonly #head: Buffer;
  readonly #keeper: KeptStream;
  readonly #readEvents: (bytes: Uint8Array) => void;
  readonly #reader = new ResponseReader(this);
  readonly #socket: Socket;
  #isOver = false;

  constructor(loop: Loop, point: TargetPoint, head: Buffer, keeper: KeptStream) {
    this.#head = head;
    this.#keeper = keeper;
    this.#readEvents = createEventStreamReader((event) => keeper.onEvent(event));
    this.#socket = loop.connect(point, this);
  }

  close() {
    this.#isOver = true;
    this.#socket.destroy();
  }

  onOpen() {
    this.#socket.write(this.#head, this.#head.length, false);
  }

  onData(bytes: Buffer) {
    try {
      if (!this.#isOver) this.#reader.push(bytes);
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error;
      this.onClose(error.message);
    }
  }

  onHead({ status }: ResponseHead) {
    if (status !== 200) throw new MalformedResponse(`status ${status}`);
    this.#keeper.onOpen();
  }

  onBody(bytes: Buffer, start: number, end: number) {
    this.#readEvents(bytes.subarray(start, end));
  }

  onComplete() {
    this.onClose('the stream has ended');
  }

  onEnd() {
    this.onClose('the stream has ended');
  }

  onClose(reason: string) {
    if (this.#isOver) return;
    this.close();
    this.#keeper.onClose(reason);
  }
}

/** Takes the bytes of a text/event-stream (WHATWG HTML, section 9.2), however they are split, and gives its events. */
export function createEventStreamReader(onEvent: (event: ServerSentEvent) => void): (bytes: Uint8Array) => void {
  // Drops a byte order mark at the start and keeps a character that is split between pieces.
  const decoder = new TextDecoder();
  let unread = '';
  let id: string | null = null;
  let event = '';
  let data: string[] = [];

  const dispatch = () => {
    if (data.length > 0) onEvent({ id, event: event === '' ? 'message' : event, data: data.join('\n') });
    event = '';
    data = [];
  };
  const readLine = (line: string) => {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  };

  return (bytes) => {
    unread += decoder.decode(bytes, { stream: true });
    for (;;) {
      const end = unread.search(/[\r\n]/);
      // A CR at the very end may be half of a CRLF.
      if (end === -1 || (unread[end] === '\r' && end === unread.length - 1)) return;
      const line = unread.slice(0, end);
      unread = unread.slice(unread[end] === '\r' && unread[end + 1] === '\n' ? end + 2 : end + 1);
      readLine(line);
    }
  };
}
