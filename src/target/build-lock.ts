import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { pause } from '../os/child-process.ts';

const refreshMs = 1_000;
const pollMs = 100;

export interface LockOptions {
  /** A lock not refreshed for this long belongs to a harness that died. */
  readonly staleMs?: number;
  /** Called once when another harness holds the lock. */
  onWait(): void;
  readonly signal: AbortSignal;
}

/**
 * Holds the file as a lock against other harnesses, refreshed while held. The time of the last refresh decides, not a pid:
 * pids are reused, and two containers sharing a cache do not share them.
 */
export async function acquireLock(file: string, options: LockOptions): Promise<AsyncDisposable> {
  let hasReported = false;
  while (!(await tryCreate(file))) {
    if (!hasReported) options.onWait();
    hasReported = true;
    await removeStale(file, options.staleMs ?? 15_000);
    await pause(pollMs, options.signal);
  }
  const refresh = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), refreshMs);
  refresh.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(refresh);
      await rm(file, { force: true });
    },
  };
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Renaming first lets only one of several waiting harnesses remove a stale lock. */
async function removeStale(file: string, staleMs: number): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found === null || Date.now() - found.mtimeMs < staleMs) return;
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(() => {});
  await rm(aside, { force: true });
}
