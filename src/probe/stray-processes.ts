import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessGroup, readGroupPids } from './cgroup.ts';
import { parseStat, readStat } from './proc-file.ts';

/** A process of a target that has left the session or the control group in which the target was started. */
export interface StrayProcess {
  readonly pid: number;
  readonly startTicks: number;
  readonly left: 'session' | 'control group';
}

interface StrayWatchOptions {
  readonly rootPid: number;
  /** null: this machine has none. */
  readonly group: ProcessGroup | null;
  /** `NAME=value` of the target's environment, which its descendants inherit even when their parents are gone. */
  readonly marker: string;
}

/** Where a target's processes are, looked at while it runs. */
export interface StrayWatch {
  /** Every stray process so far, living or not. Reads of /proc only what is new since the last look. */
  look(): readonly StrayProcess[];
  /** Kills those that still run. */
  kill(): void;
}

/**
 * Members are the root, what has its session or process group, children of members, and whatever has the marker. A process that
 * is forked twice and drops its environment between two looks is not found: its CPU shows as that of other processes.
 */
export function createStrayWatch({ rootPid, group, marker }: StrayWatchOptions): StrayWatch {
  const members = new Map<number, number>();
  const foreign = new Set<number>();
  const strays = new Map<string, StrayProcess>();
  const rootStartTicks = readStat(rootPid)?.startTicks ?? null;

  function isMember(pid: number, stat: ReturnType<typeof parseStat>): boolean {
    if (pid === rootPid || members.has(stat.parentPid)) return true;
    if (stat.sessionId === rootPid || stat.groupId === rootPid) return true;
    return rootStartTicks !== null && stat.startTicks >= rootStartTicks && hasMarker(pid, marker);
  }

  function look(): readonly StrayProcess[] {
    const inGroup = group === null ? null : new Set(readGroupPids(group));
    const pids = processIds();
    const present = new Set(pids);
    for (const pid of members.keys()) if (!present.has(pid)) members.delete(pid);
    for (const pid of foreign) if (!present.has(pid)) foreign.delete(pid);
    for (const pid of pids) {
      if (foreign.has(pid)) continue;
      const text = readText(`/proc/${pid}/stat`);
      if (text === null) continue;
      const stat = parseStat(pid, text);
      if (!members.has(pid) && !isMember(pid, stat)) {
        foreign.add(pid);
        continue;
      }
      members.set(pid, stat.startTicks);
      if (hasEnded(text)) continue;
      const { startTicks } = stat;
      if (stat.sessionId !== rootPid) strays.set(`${pid} ${startTicks}`, { pid, startTicks, left: 'session' });
      else if (inGroup !== null && !inGroup.has(pid) && isStillThere(pid, startTicks, group)) {
        strays.set(`${pid} ${startTicks}`, { pid, startTicks, left: 'control group' });
      }
    }
    return [...strays.values()];
  }

  return {
    look,
    kill() {
      for (const { pid, startTicks } of look()) if (readStat(pid)?.startTicks === startTicks) killProcess(pid);
    },
  };
}

/** A machine without /proc has no processes to look at. */
function processIds(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function hasMarker(pid: number, marker: string): boolean {
  return readText(`/proc/${pid}/environ`)?.split('\0').includes(marker) ?? false;
}

/** Z and X: it is only waited for, and no longer in its group's list. */
function hasEnded(statText: string): boolean {
  return /^[ZX]/.test(statText.slice(statText.lastIndexOf(')') + 2));
}

/** The list was read before the process: one that was started between is looked up again. */
function isStillThere(pid: number, startTicks: number, group: ProcessGroup | null): boolean {
  if (group !== null && readGroupPids(group).includes(pid)) return false;
  const text = readText(`/proc/${pid}/stat`);
  return text !== null && !hasEnded(text) && parseStat(pid, text).startTicks === startTicks;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
