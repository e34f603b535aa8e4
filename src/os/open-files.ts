import { readFileSync } from 'node:fs';
import { HarnessError } from '../model/harness-error.ts';

/** Modules are read up to sixty at once; below this, starting a process fails in the middle of something. */
const leastCount = 96;

/** Throws HarnessError cannot-measure where too few files may be open at once; other systems than Linux are not asked. */
export function assertEnoughOpenFiles(limits = readLimits()): void {
  const count = softLimit(limits);
  if (count === null || count >= leastCount) return;
  throw new HarnessError(
    'cannot-measure',
    `only ${count} files may be open at once here, and paceline needs ${leastCount}`,
    'raise the limit of this shell with `ulimit -n 1024`',
  );
}

/** Of /proc/self/limits (proc_pid_limits(5)): "Max open files", the soft limit first. */
function softLimit(limits: string): number | null {
  const [, count] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return count === undefined ? null : Number(count);
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
