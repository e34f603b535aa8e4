import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names a process for good: a pid alone is given away again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks after boot; null where there is no /proc. */
  readonly startTicks: number | null;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: processStartTicks(pid) };
}

/**
 * When a process started, in clock ticks after boot (field 22 of /proc/PID/stat); null when there is no such process, or it is a
 * zombie.
 */
export function processStartTicks(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : Number(fields[19]);
  } catch {
    return null;
  }
}

/** Whether the process of that id is still the one that was recorded. */
export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  if (startTicks !== null) return processStartTicks(pid) === startTicks;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Where process ids are known: one boot of one kernel, one namespace of it. */
export interface ProcessSpace {
  /** null where there is no /proc. */
  readonly bootId: string | null;
  readonly pidNamespace: string | null;
  /** The machine as it names itself; null where it does not, or shares its name with its containers. */
  readonly hostId: string | null;
}

/** The inode of the namespace that a kernel starts with. */
const initialNamespace = 'pid:[4026531836]';

export function processSpace(): ProcessSpace {
  const pidNamespace = orNull(() => readlinkSync('/proc/self/ns/pid'));
  const machine = orNull(() => readFileSync('/etc/machine-id', 'utf8').trim()) || null;
  return {
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace,
    hostId: pidNamespace === initialNamespace && machine !== null ? `${machine} ${hostname()}` : null,
  };
}

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
