import type { ServerSentEvent, WorkloadRequest } from '../../model/workload.ts';
import type { Alarm } from '../../os/clock.ts';
import type { Loop } from '../pace/loop.ts';
import { connectBy, RequestWriter } from './connection.ts';
import type { Connect, Connection, ConnectionListener } from './pool.ts';
import { AnswerCollector, MalformedResponse, type ResponseHead } from './response-reader.ts';
import type { TargetPoint } from './socket.ts';
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
class KeptStream implements ConnectionListener {
  readonly opened: Promise<void>;
  readonly #loop: Loop;
  readonly #request: WorkloadRequest;
  readonly #connect: Connect;
  readonly #first = Promise.withResolvers<void>();
  #lastEventId: string | null = null;
  #alarm: Alarm | null = null;
  #connection: Connection;

  constructor(loop: Loop, point: TargetPoint, request: WorkloadRequest, onEvent: (event: ServerSentEvent) => void) {
    this.#loop = loop;
    this.#request = request;
    this.opened = this.#first.promise;
    const readEvent = (event: ServerSentEvent) => {
      this.#lastEventId = event.id;
      onEvent(event);
    };
    const createAnswer = () => new EventAnswer(this.#first.resolve, readEvent);
    this.#connect = connectBy(loop, point, new RequestWriter(hostOf(point.target)), createAnswer);
    this.#connection = this.#connect(this);
  }

  close() {
    this.#alarm?.cancel();
    this.#connection.destroy();
  }

  onOpen(connection: Connection) {
    const headers = this.#lastEventId === null ? {} : { 'last-event-id': this.#lastEventId };
    const isSent = connection.send({ ...this.#request, headers: { ...this.#request.headers, ...headers } });
    if (!isSent) this.onClose(connection, 'closed before the request');
  }

  onAnswer(connection: Connection) {
    this.onClose(connection, 'the stream has ended');
  }

  onClose(connection: Connection, reason: string) {
    connection.destroy();
    this.#first.reject(new Error(`the event stream ${this.#request.path} did not open: ${reason}`));
    this.#alarm = this.#loop.at(this.#loop.nowNs() + reopenAfterNs, () => {
      this.#connection = this.#connect(this);
    });
  }
}

/** An answer that is read while it comes, without an end or a limit. */
class EventAnswer extends AnswerCollector {
  readonly #onOpen: () => void;
  readonly #read: (bytes: Uint8Array) => void;

  constructor(onOpen: () => void, onEvent: (event: ServerSentEvent) => void) {
    super(false);
    this.#onOpen = onOpen;
    this.#read = createEventStreamReader(onEvent);
  }

  override begin({ status }: ResponseHead) {
    if (status !== 200) throw new MalformedResponse(`status ${status}`);
    this.#onOpen();
  }

  override add(bytes: Buffer, start: number, end: number) {
    this.#read(bytes.subarray(start, end));
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
