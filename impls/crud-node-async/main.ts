// One process, one event loop, everything awaited. Even so it uses threads: crypto.scrypt runs on libuv's pool, of WORKERS threads.
import { readConfig } from '../_node/crud/config.ts';
import { eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { startService } from '../_node/crud/service.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';

const config = orExit(() => readConfig(process.env));
// libuv reads this when its pool is first used, and nothing has used it yet.
process.env.UV_THREADPOOL_SIZE = String(config.workerCount);

const service = startService(config, eventLoopCpuWork);
stopOnSignal(async () => (await service).close());
await service;
