import { accessSync, constants, statSync } from 'node:fs';
import type { Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { orExit } from '../../program/environment.ts';
import { stopOnSignal } from '../../program/signals.ts';
import { addRoutes, createApp } from './app.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type Config, readConfig } from './config.ts';
import { lockFolder } from './folder-lock.ts';
import { createLeaderCrash } from './leader-crash.ts';
import type { Host } from './slot.ts';

/** Runs a whole host: `createHost` says how its nodes run, `clusterSizeLimit` how many of them can. */
export async function runProgram(clusterSizeLimit: number, createHost: (config: Config) => Host): Promise<void> {
  const config = orExit(() => readConfig(process.env, clusterSizeLimit));
  const service = startService(config, createHost);
  stopOnSignal(async () => {
    const running = await service;
    await running.stop();
  });
  await service;
}

interface Service {
  stop(): Promise<void>;
}

async function startService(config: Config, createHost: (config: Config) => Host): Promise<Service> {
  const lock = await orCannotStart(() => openFolder(config.dataDir));
  const app = createApp(config.logLevel);
  const cluster = createCluster(config, createHost(config), (line) => app.log.warn(line));
  addRoutes(app, cluster, createLeaderCrash(config, cluster));
  await orCannotStart(async () => {
    // The port first: nodes of a program that cannot serve would write their logs for nothing.
    await app.listen({ host: config.host, port: config.port });
    await cluster.start();
  });
  return { stop: () => stopService(app, cluster, lock) };
}

async function openFolder(folder: string): Promise<Server> {
  rejectUnwritable(folder);
  return lockFolder(folder);
}

function rejectUnwritable(folder: string): void {
  try {
    if (!statSync(folder).isDirectory()) throw new Error('it is a file');
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(`DATA_DIR ${folder} is no folder that can be written to: ${(error as Error).message}`);
  }
}

/** What keeps a program from starting is one line and exit code 3. */
async function orCannotStart<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    process.stderr.write(`cannot start: ${(error as Error).message}\n`);
    return process.exit(3);
  }
}

/** Connections are closed as soon as they are idle, and after this in any case. */
const patienceMs = 5_000;

async function stopService(app: FastifyInstance, cluster: Cluster, lock: Server): Promise<void> {
  const reaper = setInterval(() => app.server.closeIdleConnections(), 50);
  const deadline = setTimeout(() => app.server.closeAllConnections(), patienceMs);
  await app.close();
  clearInterval(reaper);
  clearTimeout(deadline);
  await cluster.stop();
  lock.close();
}
