import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HarnessError } from '../../model/harness-error.ts';
import { withoutSecrets } from '../../os/secrets.ts';

/** What a watcher is told: the name of an event, and its data as JSON. */
interface LiveEvent {
  readonly name: string;
  readonly data: unknown;
}

interface LiveContent {
  /** The page itself. */
  readonly page: string;
  /** "sha256-…" of its script and style. */
  readonly policy: string;
  /** All that a page needs that has just been opened. */
  state(): LiveEvent;
  /** null: not now. */
  report(): string | null;
}

export interface LiveServer {
  readonly url: string;
  send(event: LiveEvent): void;
  readonly watcherCount: number;
  /** Begins to note who watches; the function that it returns says whether anybody did since. */
  noteWatchers(): () => boolean;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/**
 * Serves the page of a run to this machine's browsers, and to nobody else: on loopback, to requests that name it by its own address
 * (a name that another site points here is refused), and to no other site's page. Throws HarnessError port-taken.
 */
export async function startLiveServer(port: number, content: LiveContent): Promise<LiveServer> {
  const watchers = new Set<ServerResponse>();
  let openedCount = 0;
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, (server.address() as AddressInfo).port);
    if (refusal !== null) return end(response, refusal, 'refused');
    const path = request.url ?? '/';
    if (path === '/') return end(response, 200, content.page, pageHeaders(content.policy));
    if (path === '/report') return report(response, content);
    if (path !== '/events') return end(response, 404, 'not here');
    openedCount += 1;
    watch(response, watchers);
    write(response, content.state());
  });
  await listen(server, port);
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    send(event) {
      for (const watcher of watchers) write(watcher, event);
    },
    get watcherCount() {
      return watchers.size;
    },
    noteWatchers() {
      const [isWatched, before] = [watchers.size > 0, openedCount];
      return () => isWatched || openedCount > before;
    },
    close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const watcher of watchers) watcher.end();
      server.closeIdleConnections();
      // A browser that does not hang up is not waited for.
      setTimeout(() => server.closeAllConnections(), lastWordsMs).unref();
      return closed;
    },
  };
}

const lastWordsMs = 200;

function listen(server: ReturnType<typeof createServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `cannot serve the page on ${host}:${port} (${error.code})`;
      reject(new HarnessError('port-taken', message, 'name another port with --port, or none for a free one'));
    });
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

/** Null: it may have what it asks for. A site that is open in the same browser may send requests here, under its own names. */
function refusalOf({ method, headers }: IncomingMessage, port: number): number | null {
  const own = [`${host}:${port}`, `localhost:${port}`];
  if (!own.includes(headers.host ?? '')) return 421;
  if (headers.origin !== undefined && !own.some((name) => headers.origin === `http://${name}`)) return 403;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 403;
  return method === 'GET' ? null : 405;
}

const commonHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

function pageHeaders(policy: string) {
  return { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': `${policy}; frame-ancestors 'none'` };
}

function end(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...commonHeaders, ...headers });
  response.end(withoutSecrets(text));
}

function report(response: ServerResponse, content: LiveContent): void {
  const page = content.report();
  if (page !== null) end(response, 200, page, { 'content-type': 'text/html; charset=utf-8' });
  else end(response, 503, 'Nothing to show before a trial has ended.', { 'retry-after': '5' });
}

function watch(response: ServerResponse, watchers: Set<ServerResponse>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', ...commonHeaders });
  watchers.add(response);
  response.on('close', () => watchers.delete(response));
  response.on('error', () => watchers.delete(response));
}

/** What a browser does not read, because it is stopped or far behind, is not kept for it. */
const maxUnreadBytes = 2 ** 20;

function write(watcher: ServerResponse, { name, data }: LiveEvent): void {
  if (watcher.writableLength > maxUnreadBytes) watcher.destroy();
  else watcher.write(`event: ${name}\ndata: ${withoutSecrets(JSON.stringify(data))}\n\n`);
}
