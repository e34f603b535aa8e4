import { readFileSync } from 'node:fs';

const nsPerTick = 1e7;

/** User and system time of this process, all its threads included. */
export function ownCpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e3;
}

/** Of its children that have ended, in steps of 10 ms; null where there is no /proc. */
export function endedChildrenCpuNs(): number | null {
  const stat = readProc('/proc/self/stat');
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * nsPerTick;
}

export function threadCountOf(pid: number | 'self'): number | null {
  const match = /^Threads:\s+(\d+)$/m.exec(readProc(`/proc/${pid}/status`) ?? '');
  return match === null ? null : Number(match[1]);
}

function readProc(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
