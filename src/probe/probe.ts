import { existsSync } from 'node:fs';
import pidusage from 'pidusage';
import { HarnessError } from '../model/harness-error.ts';
import { type ReadableGroup, readGroupCpu, readGroupExtras, readGroupPids, readGroupPrivateBytes } from './cgroup.ts';
import { type MemoryDetail, privateBytes, readMemoryDetail, residentBytes } from './private-memory.ts';
import { createRunDelay, msPerTick, type ProcStat, readAllStats, readStat } from './proc-file.ts';
import { createProcessTree } from './process-tree.ts';

export type ProbeMethod = 'cgroup' | 'proc' | 'pidusage';

/** One look at a process tree. The counters grow from the start of its group (or of its root). */
export interface Reading {
  readonly cpuUserMs: number;
  readonly cpuSystemMs: number;
  /** Private memory: see `readMemoryDetail`. */
  readonly anonBytes: number | null;
  readonly rssBytes: number | null;
  readonly processCount: number | null;
  readonly threadCount: number | null;
  readonly runDelayMs: number | null;
}

/** Reads what one role spends. */
export interface Probe {
  readonly method: ProbeMethod;
  /** The exact sources, for the result. */
  readonly cpuSource: string;
  readonly memorySource: string;
  read(): Promise<Reading>;
  /** The cheapest private memory this probe has: for ten looks a second. */
  readAnonBytes(): Promise<number | null>;
  /** Dear: for a window's edges. */
  memoryDetail(): Promise<MemoryDetail>;
}

interface ProbeOptions {
  /** null: this machine or this role has no group. */
  readonly group: ReadableGroup | null;
  readonly rootPid: number;
  /** null: the best there is, in the order cgroup, proc, pidusage. */
  readonly force: ProbeMethod | null;
}

export function openProbe({ group, rootPid, force }: ProbeOptions): Probe {
  const method = force ?? (group !== null ? 'cgroup' : existsSync('/proc/self/stat') ? 'proc' : 'pidusage');
  if (method === 'pidusage') return createPidusageProbe(rootPid);
  if (method === 'proc') return createProcProbe(rootPid);
  if (group !== null) return createCgroupProbe(group);
  throw new HarnessError(
    'cannot-measure',
    'no control group can be made here, and the probe cgroup was asked for',
    'run as root or in a delegated session, or leave --probe out',
  );
}

/** Everything that ever ran in the group counts, however short its life. */
function createCgroupProbe(group: ReadableGroup): Probe {
  const runDelay = createRunDelay();
  return {
    method: 'cgroup',
    cpuSource: 'cgroup v2 cpu.stat',
    memorySource: memorySource(group),
    async read() {
      const cpu = readGroupCpu(group);
      const stats = readMembers(group);
      return {
        cpuUserMs: cpu.userMs,
        cpuSystemMs: cpu.systemMs,
        anonBytes: readGroupPrivateBytes(group) ?? privateBytes(stats),
        rssBytes: residentBytes(stats),
        processCount: stats.length,
        threadCount: stats.reduce((sum, { threadCount }) => sum + threadCount, 0),
        runDelayMs: runDelay.readMs(stats.map(({ pid }) => pid)),
      };
    },
    async readAnonBytes() {
      return readGroupPrivateBytes(group) ?? privateBytes(readMembers(group));
    },
    async memoryDetail() {
      return readMemoryDetail(readMembers(group), readGroupExtras(group));
    },
  };
}

function memorySource({ memoryDir, memoryVersion }: ReadableGroup): string {
  if (memoryDir === null) return '/proc status RssAnon + RssShmem (smaps_rollup where forks share pages)';
  if (memoryVersion === 2) return 'cgroup v2 memory.stat anon + shmem, memory.swap.current';
  return 'cgroup v1 memory.stat total_rss + total_shmem + total_swap';
}

function readMembers(group: ReadableGroup): readonly ProcStat[] {
  return readGroupPids(group)
    .map(readStat)
    .filter((stat) => stat !== null);
}

/** The tree of a root process by /proc: steps of 10 ms, so for windows of 10 s and more. */
function createProcProbe(rootPid: number): Probe {
  const tree = createProcessTree(rootPid);
  const runDelay = createRunDelay();
  let members = tree.update(readAllStats());
  return {
    method: 'proc',
    cpuSource: '/proc stat of the tree with cutime and cstime (10 ms steps)',
    memorySource: '/proc status RssAnon + RssShmem (smaps_rollup where forks share pages)',
    async read() {
      members = tree.update(readAllStats());
      const cpu = tree.cpu();
      return {
        cpuUserMs: cpu.userTicks * msPerTick,
        cpuSystemMs: cpu.systemTicks * msPerTick,
        anonBytes: privateBytes(members),
        rssBytes: residentBytes(members),
        processCount: members.length,
        threadCount: members.reduce((sum, { threadCount }) => sum + threadCount, 0),
        runDelayMs: runDelay.readMs(members.map(({ pid }) => pid)),
      };
    },
    async readAnonBytes() {
      // Of the members of the last full reading: looking through all processes costs 3 ms, too dear ten times a second.
      return privateBytes(members);
    },
    async memoryDetail() {
      members = tree.update(readAllStats());
      return readMemoryDetail(members, null);
    },
  };
}

interface PsRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
}

/**
 * Where there is neither cgroup nor /proc: one cumulative time for each process of the tree. Its `cpu` percentage (0 at
 * first, and shared by all callers) is not used. What lived and died between two looks is not seen, nor is private memory.
 */
function createPidusageProbe(rootPid: number): Probe {
  const usedMs = new Map<number, number>();
  let endedMs = 0;

  async function look(): Promise<pidusage.Status[]> {
    const pids = treeOf(await listProcesses(), rootPid);
    const statuses = Object.values(await readUsage(pids));
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
        peakIncludingFileBytes: null,
      };
    },
  };
}

async function listProcesses(): Promise<readonly PsRow[]> {
  // A quarter of what `load` would load at its start.
  const { execa } = await import('execa');
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,pgid=']);
  return stdout.split('\n').map((line) => {
    const [pid = 0, parentPid = 0, groupId = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parentPid, groupId };
  });
}

function treeOf(rows: readonly PsRow[], rootPid: number): readonly number[] {
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
async function readUsage(pids: readonly number[]): Promise<Record<string, pidusage.Status>> {
  if (pids.length === 0) return {};
  const found = await pidusage([...pids]).catch(() => ({}));
  return Object.fromEntries(Object.entries(found).filter(([, status]) => status !== null && status !== undefined));
}
