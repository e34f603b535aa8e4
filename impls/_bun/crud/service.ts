import { startAggregator } from '../../_node/crud/aggregator.ts';
import type { Config } from '../../_node/crud/config.ts';
import type { CpuWork } from '../../_node/crud/cpu-work.ts';
import { createEventHub } from '../../_node/crud/event-hub.ts';
import { createFileCache } from '../../_node/crud/file-cache.ts';
import { Problem } from '../../_node/crud/problem.ts';
import { answer, problemAnswer, type WebParts } from '../../_web/crud/answers.ts';
import { createLog } from '../../_web/crud/log.ts';
import { routes } from '../../_web/crud/routes.ts';
import { isUnavailable, openDatabase } from './database.ts';

export interface Service {
  /** Ends the event streams, stops accepting, finishes what is in flight, leaves the database. */
  close(): Promise<void>;
}

const keepAliveSec = 90;
/** Routes count the bytes of a body themselves: Bun's own refusal has no body. */
const maxRequestBodySize = 2 ** 30;

/**
 * Bun hands over a byte of the target that is outside of ASCII as the escape of U+FFFD. So this escape is refused with it, except
 * where it may be a part of a new file's name.
 */
function hasReplacedByte({ url, method }: Request): boolean {
  return method !== 'POST' && url.includes('%EF%BF%BD');
}

/** Bun escapes these characters itself: such an escape is one of an id that is none, as the character would be. */
function asSent(path: string): string {
  return path.replace(/%(?:7B|7D|22|3C|3E|60|5E)/g, '_');
}

async function refuseTarget(): Promise<Response> {
  return problemAnswer(new Problem('malformed-request', 'a request target is printable ASCII'));
}

/** Starts one whole server on Bun.serve and Bun.SQL; with `reusePort` several share the port. */
export function startService(config: Config, cpuWork: CpuWork, reusePort = false): Service {
  const log = createLog(config.logLevel);
  const { sql, transaction, listen, close: closeDatabase } = openDatabase(config.databaseUrl, config.dbPoolCount);
  const hub = createEventHub(sql, config.maxEventStreamCount, log);
  const aggregator = startAggregator(transaction, cpuWork, log);
  const listener = listen({ aggregation_queued: aggregator.wake, user_event: hub.notify }, () => {
    aggregator.wake();
    hub.rescan();
  });
  const cache = createFileCache(config.fileCacheBytes);
  // Declared before the server that it speaks of: a request may come at once.
  const keepOpen = (request: Request) => server.timeout(request, 0);
  const parts: WebParts = { config, sql, cpuWork, cache, hub, log, isUnavailable, keepOpen, asSent };

  const answerAt = (pattern: string | undefined, request: Request) =>
    hasReplacedByte(request) ? refuseTarget() : answer(routes, pattern, request, parts);
  const handlers = Object.keys(routes).map(
    (pattern) => [pattern, (request: Request) => answerAt(pattern, request)] as const,
  );
  const server: Bun.Server = Bun.serve({
    hostname: config.host,
    port: config.port,
    reusePort,
    idleTimeout: keepAliveSec,
    maxRequestBodySize,
    routes: Object.fromEntries(handlers),
    fetch: (request) => answerAt(undefined, request),
    error: () => new Response(null, { status: 500 }),
  });

  return {
    async close() {
      hub.close();
      await closeServer(server);
      await Promise.all([aggregator.stop(), listener.stop()]);
      await Promise.all([closeDatabase(), cpuWork.close()]);
    },
  };
}

const patienceMs = 7_000;
const pollMs = 20;

/** What is in flight is answered, for so long; then all connections are closed. */
async function closeServer(server: Bun.Server): Promise<void> {
  void server.stop();
  const deadlineMs = performance.now() + patienceMs;
  while (server.pendingRequests > 0 && performance.now() < deadlineMs)
    await new Promise((poll) => setTimeout(poll, pollMs));
  await server.stop(true);
}
