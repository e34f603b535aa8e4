import { execa } from 'execa';
import pidusage from 'pidusage';
import type { Probe } from './probe.ts';

interface Row {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
}

/**
 * Where there is neither cgroup nor /proc: one cumulative time for each process of the tree. Its `cpu` percentage (0 at
 * first, and shared by all callers) is not used. What lived and died between two looks is not seen, nor is private memory.
 */
export function createPidusageProbe(rootPid: number): Probe {
  const usedMs = new Map<number, number>();
  let endedMs = 0;

  async function look(): Promise<pidusage.Status[]> {
    const pids = treeOf(await listProcesses(), rootPid);
    const statuses = Object.values(await usage(pids));
    const seen = new Map(statuses.map(({ pid, ctime }) => [pid, ctime]));
    for (const [pid, lastMs] of usedMs) {
      const nowMs = seen.get(pid);
      // Less than before: the pid was given away again.
      if (nowMs === undefined || nowMs < lastMs) endedMs += lastMs;
      usedMs.delete(pid);
    }
    for (const [pid, ctime] of seen) usedMs.set(pid, ctime);
    return statuses;
  }

  return {
    method: 'pidusage',
    cpuSource: 'pidusage ctime of the living tree (user time includes system time)',
    memorySource: 'none (pidusage knows only RSS)',
    async read() {
      const statuses = await look();
      return {
        cpuUserMs: endedMs + statuses.reduce((sum, { ctime }) => sum + ctime, 0),
        cpuSystemMs: 0,
        anonBytes: null,
        rssBytes: statuses.reduce((sum, { memory }) => sum + memory, 0),
        processCount: statuses.length,
        threadCount: null,
        runDelayMs: null,
      };
    },
    readAnonBytes: async () => null,
    async memoryDetail() {
      const statuses = await look();
      return {
        anonBytes: null,
        lazyFreeBytes: null,
        anonHugePagesBytes: null,
        kernelBytes: null,
        fileBytes: null,
        rssBytes: statuses.reduce((sum, { memory }) => sum + memory, 0),
        peakInclFileBytes: null,
      };
    },
  };
}

async function listProcesses(): Promise<readonly Row[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,pgid=']);
  return stdout.split('\n').map((line) => {
    const [pid = 0, parentPid = 0, groupId = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parentPid, groupId };
  });
}

function treeOf(rows: readonly Row[], rootPid: number): readonly number[] {
  const children = Map.groupBy(rows, ({ parentPid }) => parentPid);
  const waiting = rows.filter(({ pid, groupId }) => pid === rootPid || groupId === rootPid);
  const found = new Set<number>();
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    if (found.has(row.pid)) continue;
    found.add(row.pid);
    waiting.push(...(children.get(row.pid) ?? []));
  }
  return [...found];
}

/** One process that has just ended must not hide the others. */
async function usage(pids: readonly number[]): Promise<Record<string, pidusage.Status>> {
  if (pids.length === 0) return {};
  const found = await pidusage([...pids]).catch(() => ({}));
  return Object.fromEntries(Object.entries(found).filter(([, status]) => status !== null && status !== undefined));
}
