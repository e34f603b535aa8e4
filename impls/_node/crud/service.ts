import type { FastifyInstance, FastifyListenOptions } from 'fastify';
import { startAggregator } from './aggregator.ts';
import { addRoutes, createApp } from './app.ts';
import type { Config } from './config.ts';
import type { CpuWork } from './cpuWork.ts';
import { connect } from './database.ts';
import { createEventHub } from './eventHub.ts';
import { createFileCache } from './fileCache.ts';
import { startListener } from './listener.ts';

export interface Service {
  /** Ends the event streams, stops accepting, finishes what is in flight, leaves the database. */
  close(): Promise<void>;
}

export interface Listening {
  /** Several threads bind the same port, and the kernel spreads the connections. */
  readonly reusePort?: boolean;
}

/** Starts one whole server: routes, pool, cache, event streams and the worker of the aggregation queue. */
export async function startService(
  config: Config,
  cpuWork: CpuWork,
  { reusePort = false }: Listening = {},
): Promise<Service> {
  const app = createApp(config.logLevel);
  // A query finds a lost database out by trying to connect: without delay, so that requests are refused and not queued.
  const sql = connect({ url: config.databaseUrl, poolCount: config.dbPoolCount, backoffSec: 0 });
  const hub = createEventHub(sql, config.maxEventStreamCount, app.log);
  const aggregator = startAggregator(sql, cpuWork, app.log);
  const channels = [
    { name: 'aggregation_queued', onPayload: aggregator.wake, onListening: aggregator.wake },
    { name: 'user_event', onPayload: hub.notify, onListening: hub.rescan },
  ];
  const listener = startListener(config.databaseUrl, channels, app.log);
  addRoutes(app, { config, sql, cpuWork, cache: createFileCache(config.fileCacheBytes), hub });

  // Fastify hands all options on to net.Server.listen, but its type does not know this one.
  const where: FastifyListenOptions & Listening = { host: config.host, port: config.port, reusePort };
  await app.listen(where);

  return {
    async close() {
      hub.close();
      await closeServer(app);
      await Promise.all([aggregator.stop(), listener.stop()]);
      await Promise.all([sql.end({ timeout: 1 }), cpuWork.close()]);
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
