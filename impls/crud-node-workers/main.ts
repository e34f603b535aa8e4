// One process, one event loop for all I/O; what costs CPU (scrypt and the mean) runs on WORKERS worker threads of a piscina pool.
import { readConfig } from '../_node/crud/config.ts';
import { startService } from '../_node/crud/service.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';
import { startCpuPool } from './cpu-pool.ts';

const config = orExit(() => readConfig(process.env));

const service = startService(config, startCpuPool(config.workerCount));
stopOnSignal(async () => (await service).close());
await service;
