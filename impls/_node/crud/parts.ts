import type { Config } from './config.ts';
import type { CpuWork } from './cpuWork.ts';
import type { Sql } from './database.ts';
import type { EventHub } from './eventHub.ts';
import type { FileCache } from './fileCache.ts';

/** What the routes work with. */
export interface Parts {
  readonly config: Config;
  readonly sql: Sql;
  readonly cpuWork: CpuWork;
  readonly cache: FileCache;
  readonly hub: EventHub;
}
