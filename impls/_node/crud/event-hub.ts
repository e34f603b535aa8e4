import type { ServerResponse } from 'node:http';
import type { Sql } from './database.ts';
import type { Log } from './log.ts';
import { Problem } from './problem.ts';
import { selectLiveSessions } from './statements/accounts.ts';
import { type AggregationEvent, selectEventsAfter, selectLastEventId } from './statements/aggregations.ts';

/** The open event streams of this process. */
export interface EventHub {
  /** Answers with a stream that goes on after `lastEventId`, or from now on where it is undefined. @throws Problem `unavailable` */
  open(opening: Opening): Promise<void>;
  /** This user has new events. */
  notify(userId: string): void;
  /** Notifications may have been lost: looks at every stream anew. */
  rescan(): void;
  close(): void;
}

interface Opening {
  readonly userId: string;
  readonly tokenSha256: Buffer;
  readonly lastEventId: string | undefined;
  readonly response: EventResponse;
}

/** What a stream needs of the answer that it is. */
export type EventResponse = Pick<
  ServerResponse,
  'headersSent' | 'writableEnded' | 'writableLength' | 'write' | 'end' | 'destroy'
> & {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  once(event: 'close', listener: () => void): unknown;
};

interface Stream extends Opening {
  /** Id of the last event sent; undefined until the stream is open. */
  sentId: string | undefined;
  /** There may be events after `sentId`. */
  stale: boolean;
  sending: boolean;
}

const heartbeatMs = 15_000;
/** A client that lets this much pile up is cut off; it resumes with Last-Event-ID. */
const maxUnreadBytes = 1_048_576;

export function createEventHub(sql: Sql, maxStreamCount: number, log: Log): EventHub {
  const streams = new Set<Stream>();
  let closed = false;
  const heartbeat = setInterval(() => {
    void beat(sql, streams, log);
    for (const stream of streams) send(stream);
  }, heartbeatMs);

  function send(stream: Stream): void {
    sendNew(sql, stream).catch((error: unknown) => log.info(error, 'events wait for the database'));
  }

  return {
    async open(opening) {
      if (closed || streams.size >= maxStreamCount) throw new Problem('unavailable', 'too many event streams are open');
      // It counts, and hears notifications, from before the first look at the database.
      const stream: Stream = {
        ...opening,
        sentId: undefined,
        stale: opening.lastEventId !== undefined,
        sending: false,
      };
      streams.add(stream);
      opening.response.once('close', () => streams.delete(stream));
      try {
        stream.sentId = opening.lastEventId ?? (await selectLastEventId(sql, opening.userId));
      } catch (error) {
        streams.delete(stream);
        throw error;
      }
      writeHead(opening.response);
      if (closed) opening.response.end();
      else send(stream);
    },
    notify(userId) {
      for (const stream of streams) {
        if (stream.userId !== userId) continue;
        stream.stale = true;
        send(stream);
      }
    },
    rescan() {
      for (const stream of streams) {
        stream.stale = true;
        send(stream);
      }
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      for (const { response } of streams) if (response.headersSent) response.end();
    },
  };
}

function writeHead(response: EventResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': open\n\n');
}

/** Sends what is new until nothing is; a call while another is at it only leaves the stream stale. */
async function sendNew(sql: Sql, stream: Stream): Promise<void> {
  if (stream.sending) return;
  stream.sending = true;
  try {
    while (stream.stale && stream.sentId !== undefined) await sendAfter(sql, stream, stream.sentId);
  } finally {
    stream.sending = false;
  }
}

async function sendAfter(sql: Sql, stream: Stream, sentId: string): Promise<void> {
  stream.stale = false;
  try {
    const events = await selectEventsAfter(sql, stream.userId, sentId);
    if (events.length === 0 || stream.response.writableEnded) return;
    stream.response.write(events.map(eventText).join(''));
    stream.sentId = events.at(-1)?.id;
  } catch (error) {
    stream.stale = true;
    throw error;
  }
}

function eventText({ id, ...data }: AggregationEvent): string {
  return `id: ${id}\nevent: aggregation\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Keeps the streams alive, ends those whose session has ended. */
async function beat(sql: Sql, streams: Set<Stream>, log: Log): Promise<void> {
  const open = [...streams].filter(({ response }) => response.headersSent && !response.writableEnded);
  if (open.length === 0) return;
  for (const { response } of open) {
    response.write(':\n\n');
    if (response.writableLength > maxUnreadBytes) response.destroy();
  }
  try {
    const live = await selectLiveSessions(
      sql,
      open.map(({ tokenSha256 }) => tokenSha256),
    );
    for (const { tokenSha256, response } of open) if (!live.has(tokenSha256.toString('hex'))) response.end();
  } catch (error) {
    log.info(error, 'sessions of event streams wait for the database');
  }
}
