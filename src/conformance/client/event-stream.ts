import type { HttpConnection, HttpHead } from './http-client.ts';

interface StreamEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** What has come on an event stream (WHATWG HTML, section 9.2), in order, while nobody looked. */
export interface EventStream {
  readonly head: HttpHead;
  /** The next event within the time, or why there is none. */
  nextEvent(withinMs: number): Promise<StreamEvent | 'time-out' | 'end'>;
  nextComment(withinMs: number): Promise<string | 'time-out' | 'end'>;
  ended(withinMs: number): Promise<boolean>;
  close(): void;
}

export function readEventStream(connection: HttpConnection, head: HttpHead, body: AsyncIterable<Buffer>): EventStream {
  const events: StreamEvent[] = [];
  const comments: string[] = [];
  let isOver = false;
  let changed = Promise.withResolvers<void>();
  const notify = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const reading = readLines(body, parser(events, comments), notify);
  reading
    .catch(() => {})
    .finally(() => {
      isOver = true;
      notify();
    });

  async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    const dueMs = performance.now() + withinMs;
    while (!condition() && performance.now() < dueMs) await Promise.race([changed.promise, late.promise]);
    clearTimeout(timer);
    return condition();
  }
  async function next<T>(queue: T[], withinMs: number): Promise<T | 'time-out' | 'end'> {
    await until(() => queue.length > 0 || isOver, withinMs);
    return queue.shift() ?? (isOver ? 'end' : 'time-out');
  }
  return {
    head,
    nextEvent: (withinMs) => next(events, withinMs),
    nextComment: (withinMs) => next(comments, withinMs),
    ended: (withinMs) => until(() => isOver, withinMs),
    close: () => connection.close(),
  };
}

async function readLines(
  body: AsyncIterable<Buffer>,
  onLine: (line: string) => void,
  onChange: () => void,
): Promise<void> {
  let rest = Buffer.alloc(0);
  for await (const chunk of body) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      onLine(rest.subarray(0, end).toString('utf8').replace(/\r$/, ''));
      rest = rest.subarray(end + 1);
    }
    onChange();
  }
}

function parser(events: StreamEvent[], comments: string[]): (line: string) => void {
  let fields = new Map<string, string>();
  return (line) => {
    if (line.startsWith(':')) comments.push(line.slice(1).trim());
    else if (line !== '') {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      const earlier = name === 'data' ? fields.get(name) : undefined;
      fields.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
    } else if (fields.has('data')) {
      events.push({
        id: fields.get('id') ?? null,
        event: fields.get('event') ?? 'message',
        data: fields.get('data') ?? '',
      });
      fields = new Map();
    } else fields = new Map();
  };
}
