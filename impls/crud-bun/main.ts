// Bun.serve and Bun.SQL: one process, one event loop. scrypt runs on Bun's own pool of threads, WORKERS of them at most.
import { startService } from '../_bun/crud/service.ts';
import { readConfig } from '../_node/crud/config.ts';
import { eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { withLimitedScrypt } from '../_node/crud/limited-scrypt.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';

const config = orExit(() => readConfig(process.env));
const service = startService(config, withLimitedScrypt(eventLoopCpuWork, config.workerCount));
stopOnSignal(service.close);
