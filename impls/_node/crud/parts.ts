import type { Config } from './config.ts';
import type { CpuWork } from './cpu-work.ts';
import type { Sql } from './database.ts';
import type { EventHub } from './event-hub.ts';
import type { FileCache } from './file-cache.ts';

/** What the routes work with. */
export interface Parts {
  readonly config: Config;
  readonly sql: Sql;
  readonly cpuWork: CpuWork;
  readonly cache: FileCache;
  readonly hub: EventHub;
}
