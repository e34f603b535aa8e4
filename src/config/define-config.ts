import type { Config } from './schema.ts';

export type { Workload, WorkloadContext, WorkloadSession } from '../model/workload.ts';
export type { Config } from './schema.ts';

/** Gives a config its type; what it says is checked when it is loaded. */
export function defineConfig(config: Config): Config {
  return config;
}
