// Deno.serve and postgres.js: one process, one event loop. scrypt runs on Deno's own pool of threads, WORKERS of them at most.
import { startAggregator } from '../_node/crud/aggregator.ts';
import { type Config, readConfig } from '../_node/crud/config.ts';
import { type CpuWork, eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { isUnavailable, openPool } from '../_node/crud/database.ts';
import { createEventHub } from '../_node/crud/event-hub.ts';
import { createFileCache } from '../_node/crud/file-cache.ts';
import { withLimitedScrypt } from '../_node/crud/limited-scrypt.ts';
import { startListener } from '../_node/crud/listener.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';
import { answer, patternOf, type WebParts } from '../_web/crud/answers.ts';
import { createLog } from '../_web/crud/log.ts';
import { routes } from '../_web/crud/routes.ts';

const config = orExit(() => readConfig(process.env));
const service = startService(config, withLimitedScrypt(eventLoopCpuWork, config.workerCount));
stopOnSignal(service.close);

/** What is in flight is answered, for so long; then all connections are closed. */
const patienceMs = 7_000;

function startService(config: Config, cpuWork: CpuWork): { close(): Promise<void> } {
  const log = createLog(config.logLevel);
  const { sql, transaction, close: closePool } = openPool(config.databaseUrl, config.dbPoolCount);
  const hub = createEventHub(sql, config.maxEventStreamCount, log);
  const aggregator = startAggregator(transaction, cpuWork, log);
  const listening = {
    channels: { aggregation_queued: aggregator.wake, user_event: hub.notify },
    onListening() {
      aggregator.wake();
      hub.rescan();
    },
  };
  const listener = startListener(config.databaseUrl, listening, log);
  const cache = createFileCache(config.fileCacheBytes);
  const parts: WebParts = {
    config,
    sql,
    cpuWork,
    cache,
    hub,
    log,
    isUnavailable,
    keepOpen: () => {},
    asSent: (path) => path,
  };
  const abort = new AbortController();
  const server = Deno.serve(
    {
      hostname: config.host,
      port: config.port,
      signal: abort.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    (request) => answer(routes, patternOf(routes, request), request, parts),
  );
  return {
    async close() {
      hub.close();
      const deadline = setTimeout(() => abort.abort(), patienceMs);
      await server.shutdown();
      clearTimeout(deadline);
      await Promise.all([aggregator.stop(), listener.stop()]);
      await Promise.all([closePool(), cpuWork.close()]);
    },
  };
}
