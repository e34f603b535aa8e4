// The service of crud-node-async on Deno: what the runtime alone changes. Deno puts no limit of its own on scrypt.
import './bound-url-parse.ts';
import { readConfig } from '../_node/crud/config.ts';
import { eventLoopCpuWork } from '../_node/crud/cpu-work.ts';
import { withLimitedScrypt } from '../_node/crud/limited-scrypt.ts';
import { startService } from '../_node/crud/service.ts';
import { orExit } from '../_node/program/environment.ts';
import { stopOnSignal } from '../_node/program/signals.ts';

const config = orExit(() => readConfig(process.env));
const service = startService(config, withLimitedScrypt(eventLoopCpuWork, config.workerCount));
stopOnSignal(async () => (await service).close());
await service;
