// A primary and WORKERS forked children, each a whole server (event loop, database pool, cache, LISTEN) on one port. node:cluster
// rather than SO_REUSEPORT: its primary hands connections out in turn, where the kernel's hash leaves a few keep-alive connections
// unevenly spread, and a child that dies takes no waiting connection with it. A child whose primary is gone ends by itself.
import cluster from 'node:cluster';
import { readConfig, shareOf } from '../_node/crud/config.ts';
import { eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { startService } from '../_node/crud/service.ts';
import { type Server, supervise } from '../_node/crud/supervisor.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';

const config = orExit(() => readConfig(process.env));
const share = orExit(() => shareOf(config));

if (cluster.isPrimary) {
  const servers = supervise(config.workerCount, startChild);
  stopOnSignal(servers.stop);
} else {
  const service = startService(share, eventLoopCpuWork);
  stopOnSignal(async () => (await service).close());
  await service;
}

function startChild(): Server {
  // libuv's pool, where scrypt runs: one thread in each process.
  const child = cluster.fork({ UV_THREADPOOL_SIZE: '1' });
  const { promise: ended, resolve } = Promise.withResolvers<boolean>();
  let hasListened = false;
  child.once('listening', () => {
    hasListened = true;
  });
  child.once('exit', () => resolve(hasListened));
  return { ended, stop: () => child.process.kill('SIGTERM') };
}
