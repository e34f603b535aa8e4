// WORKERS worker threads, each a whole server (event loop, database pool, cache, LISTEN) on one port: with SO_REUSEPORT the kernel
// spreads the connections over their sockets. The main thread only starts, restarts and stops them.
import { isMainThread, workerData } from 'node:worker_threads';
import { type Config, readConfig, shareOf } from '../_node/crud/config.ts';
import { eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { startServerThread, stopWhenAsked } from '../_node/crud/server-thread.ts';
import { startService } from '../_node/crud/service.ts';
import { supervise } from '../_node/crud/supervisor.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';

if (isMainThread) {
  const config = orExit(() => readConfig(process.env));
  const share = orExit(() => shareOf(config));
  // All threads share libuv's one pool, where scrypt runs: one thread of it for each server.
  process.env.UV_THREADPOOL_SIZE = String(config.workerCount);
  const servers = supervise(config.workerCount, () => startServerThread(import.meta.url, share));
  stopOnSignal(servers.stop);
} else {
  const service = await startService(workerData as Config, eventLoopCpuWork, { reusePort: true });
  stopWhenAsked(service);
}
