import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkout. */
export const rootDir = join(import.meta.dirname, '..', '..');
export const benchDir = join(rootDir, 'bench');
export const implsDir = join(rootDir, 'impls');
export const resultsDir = join(rootDir, 'results');
export const reportsDir = join(rootDir, 'reports');

/** Builds, database binaries, this machine's references: PACELINE_CACHE_DIR, else the XDG place. */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  return env.PACELINE_CACHE_DIR ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'paceline');
}
