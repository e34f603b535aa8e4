import type { FastifyInstance, FastifyListenOptions } from 'fastify';
import { startAggregator } from './aggregator.ts';
import { addRoutes, createApp } from './app.ts';
import type { Config } from './config.ts';
import type { CpuWork } from './cpu-work.ts';
import { openPool } from './database.ts';
import { createEventHub } from './event-hub.ts';
import { createFileCache } from './file-cache.ts';
import { startListener } from './listener.ts';

export interface Service {
  /** Ends the event streams, stops accepting, finishes what is in flight, leaves the database. */
  close(): Promise<void>;
}

export interface Binding {
  /** Several threads bind the same port, and the kernel spreads the connections. */
  readonly reusePort?: boolean;
}

/** Starts one whole server: routes, pool, cache, event streams and the worker of the aggregation queue. */
export async function startService(
  config: Config,
  cpuWork: CpuWork,
  { reusePort = false }: Binding = {},
): Promise<Service> {
  const app = createApp(config.logLevel);
  const { sql, transaction, close: closePool } = openPool(config.databaseUrl, config.dbPoolCount);
  const hub = createEventHub(sql, config.maxEventStreamCount, app.log);
  const aggregator = startAggregator(transaction, cpuWork, app.log);
  const listening = {
    channels: { aggregation_queued: aggregator.wake, user_event: hub.notify },
    onListening() {
      aggregator.wake();
      hub.rescan();
    },
  };
  const listener = startListener(config.databaseUrl, listening, app.log);
  addRoutes(app, { config, sql, cpuWork, cache: createFileCache(config.fileCacheBytes), hub });

  // Fastify hands all options on to net.Server.listen, but its type does not know this one.
  const where: FastifyListenOptions & Binding = { host: config.host, port: config.port, reusePort };
  await app.listen(where);

  return {
    async close() {
      hub.close();
      await closeServer(app);
      await Promise.all([aggregator.stop(), listener.stop()]);
      await Promise.all([closePool(), cpuWork.close()]);
    },
  };
}

/** Connections are closed as soon as they are idle, and after this in any case. */
const patienceMs = 7_000;

async function closeServer(app: FastifyInstance): Promise<void> {
  const reaper = setInterval(() => app.server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => app.server.closeAllConnections(), patienceMs);
  await app.close();
  clearInterval(reaper);
  clearTimeout(deadline);
}
