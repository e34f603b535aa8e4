// WORKERS worker threads, each a whole server (event loop, database pool, cache, LISTEN) on one port: Bun.serve shares it by
// SO_REUSEPORT. The main thread only starts, restarts and stops them.
import { isMainThread, workerData } from 'node:worker_threads';
import { startService } from '../_bun/crud/service.ts';
import { type Config, readConfig, shareOf } from '../_node/crud/config.ts';
import { eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { withLimitedScrypt } from '../_node/crud/limited-scrypt.ts';
import { startServerThread, stopWhenAsked } from '../_node/crud/server-thread.ts';
import { supervise } from '../_node/crud/supervisor.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';

if (isMainThread) {
  const config = orExit(() => readConfig(process.env));
  const share = orExit(() => shareOf(config));
  const servers = supervise(config.workerCount, () => startServerThread(import.meta.url, share));
  stopOnSignal(servers.stop);
} else {
  const share = workerData as Config;
  const service = startService(share, withLimitedScrypt(eventLoopCpuWork, share.workerCount), true);
  stopWhenAsked(service);
}
