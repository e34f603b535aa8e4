import { readFileSync } from 'node:fs';

/**
 * When a process started, in clock ticks after boot (field 22 of /proc/PID/stat); null when there is no such process. With
 * the pid it names a process for good: a pid alone is given away again.
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
