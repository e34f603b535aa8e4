import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../model/harness-error.ts';
import type { CgroupLayout } from './cgroup-layout.ts';

const removeWithinMs = 5_000;
const pollMs = 10;
const cpuPeriodUs = 100_000;
const namePattern = /^paceline-\d+-\d+$/;

interface GroupLimit {
  readonly cpuCount: number | null;
  readonly memoryBytes: number | null;
}

/** What the kernel did to a group because of its limits, since its start. */
interface LimitEvents {
  /** Periods of 100 ms in which it had to wait, and for how long in all. */
  readonly throttledCount: number;
  readonly throttledMs: number;
  /** How often an allocation met the memory limit. */
  readonly memoryFullCount: number;
}

/** A fresh control group for one role of one trial: its counters begin at zero. */
export interface ProcessGroup {
  readonly name: string;
  /** What `removeLeftoverGroup` needs to find it again from another process. */
  readonly record: string;
  /** Files into which a process's id is written to move it here; before exec, as v1 counts only pages touched from then on. */
  readonly joinPaths: readonly string[];
  readonly unifiedDir: string;
  /** The directory with memory.stat; null: no memory accounting. */
  readonly memoryDir: string | null;
  readonly memoryVersion: 1 | 2;
  /** Call it before anything joins: on a hybrid machine it adds a join path. */
  limit(limit: GroupLimit): void;
  /** Kills every process in it, however they fork. */
  kill(): Promise<void>;
  /** Removes the group, waiting for its last process to be gone; throws when one stays for 5 s. */
  remove(): Promise<void>;
  /** Time in which some task of the group waited for a core, since its start; null where the kernel keeps none. */
  pressureSomeMs(): number | null;
  /** How many of its processes the kernel killed because the group, or the machine, was out of memory. */
  memoryKillCount(): number;
  limitEvents(): LimitEvents;
}

/** What is needed to read a group, whoever made it. */
export type ReadableGroup = Pick<ProcessGroup, 'unifiedDir' | 'memoryDir' | 'memoryVersion'>;

let groupCount = 0;

/** Makes the next group of this process, `paceline-<pid>-<n>`. */
export function createGroup(layout: CgroupLayout): ProcessGroup {
  const name = makeDirectory(layout.unifiedDir);
  const unifiedDir = join(layout.unifiedDir, name);
  const directories = [unifiedDir];
  const memoryDir = memoryDirectory(layout, name);
  if (memoryDir !== null && memoryDir !== unifiedDir) directories.push(memoryDir);
  return {
    name,
    unifiedDir,
    memoryDir,
    memoryVersion: memoryDir === unifiedDir ? 2 : 1,
    get record() {
      return directories.join(':');
    },
    get joinPaths() {
      return directories.map((directory) => join(directory, 'cgroup.procs'));
    },
    limit: (limit) => directories.push(...applyLimit(layout, name, memoryDir, limit)),
    kill: () => killGroup(unifiedDir),
    remove: () => removeDirectories(directories),
    pressureSomeMs: () => parsePressure(readIfThere(join(unifiedDir, 'cpu.pressure')), 'some'),
    memoryKillCount: () =>
      readMemoryKills(memoryDir, memoryDir === unifiedDir ? 'memory.events' : 'memory.oom_control'),
    limitEvents: () => readLimitEvents(directories, memoryDir),
  };
}

/** Puts away a group that a killed harness left: its processes too. What does not bear our name is not touched. */
export async function removeOrphanGroup(record: string): Promise<void> {
  const directories = record.split(':').filter((directory) => namePattern.test(basename(directory)));
  for (const directory of directories) await killGroup(directory);
  await removeDirectories(directories);
}

/** A leftover of a dead process that had our pid keeps its name: ours is the next free one. */
function makeDirectory(parent: string): string {
  for (;;) {
    groupCount += 1;
    const name = `paceline-${process.pid}-${groupCount}`;
    if (existsSync(join(parent, name))) continue;
    mkdirSync(join(parent, name));
    return name;
  }
}

function memoryDirectory(layout: CgroupLayout, name: string): string | null {
  if (layout.memoryV1Dir !== null) {
    const directory = join(layout.memoryV1Dir, name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }
  const unifiedDir = join(layout.unifiedDir, name);
  return existsSync(join(unifiedDir, 'memory.stat')) ? unifiedDir : null;
}

/** Sets the limits; returns directories made for them. */
function applyLimit(
  layout: CgroupLayout,
  name: string,
  memoryDir: string | null,
  { cpuCount, memoryBytes }: GroupLimit,
): readonly string[] {
  const unifiedDir = join(layout.unifiedDir, name);
  if (memoryBytes !== null) {
    if (memoryDir === null) throw cannotLimit('memory');
    const isV2 = memoryDir === unifiedDir;
    writeLimit(memoryDir, isV2 ? 'memory.max' : 'memory.limit_in_bytes', memoryBytes, 'memory');
    // A target that swaps instead of dying would keep its limit in name only.
    if (isV2 && existsSync(join(memoryDir, 'memory.swap.max'))) writeLimit(memoryDir, 'memory.swap.max', 0, 'memory');
    if (!isV2 && existsSync(join(memoryDir, 'memory.memsw.limit_in_bytes')))
      writeLimit(memoryDir, 'memory.memsw.limit_in_bytes', memoryBytes, 'memory');
  }
  if (cpuCount === null) return [];
  const quotaUs = Math.round(cpuCount * cpuPeriodUs);
  if (existsSync(join(unifiedDir, 'cpu.max'))) {
    writeLimit(unifiedDir, 'cpu.max', `${quotaUs} ${cpuPeriodUs}`, 'CPU');
    return [];
  }
  if (layout.cpuV1Dir === null) throw cannotLimit('CPU');
  const cpuDir = join(layout.cpuV1Dir, name);
  mkdirSync(cpuDir);
  writeLimit(cpuDir, 'cpu.cfs_quota_us', quotaUs, 'CPU');
  return [cpuDir];
}

function writeLimit(directory: string, file: string, value: number | string, what: string): void {
  try {
    // Not created where it is missing: a kernel without bandwidth control has no such file.
    writeFileSync(join(directory, file), String(value), { flag: 'r+' });
  } catch (cause) {
    throw cannotLimit(what, cause);
  }
}

function cannotLimit(what: string, cause?: unknown): HarnessError {
  const remedy = 'leave the limit out, or run where control groups may be changed (as root, with that controller)';
  return new HarnessError('cannot-measure', `this machine cannot limit ${what}`, remedy, { cause });
}

async function killGroup(directory: string): Promise<void> {
  try {
    await writeFile(join(directory, 'cgroup.kill'), '1', { flag: 'r+' });
  } catch {
    await killMembers(directory);
  }
}

/** For v1 groups and kernels before 5.14: again and again, as members may fork meanwhile. */
async function killMembers(directory: string): Promise<void> {
  const deadlineMs = performance.now() + removeWithinMs;
  for (;;) {
    const members = (await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '')).split('\n');
    const pids = members.filter((line) => line !== '').map(Number);
    if (pids.length === 0 || performance.now() > deadlineMs) return;
    for (const pid of pids) killProcess(pid);
    await sleep(pollMs);
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

async function removeDirectories(directories: readonly string[]): Promise<void> {
  const deadlineMs = performance.now() + removeWithinMs;
  for (const directory of directories) {
    for (;;) {
      const error = await rmdir(directory).then(
        () => null,
        (reason: NodeJS.ErrnoException) => reason,
      );
      if (error === null || error.code === 'ENOENT') break;
      if (error.code !== 'EBUSY' || performance.now() > deadlineMs) throw error;
      await sleep(pollMs);
    }
  }
}

/** `some … total=<microseconds>`. */
export function parsePressure(text: string, who: 'some' | 'full'): number | null {
  const [, totalUs] = new RegExp(`^${who} .*total=(\\d+)`, 'm').exec(text) ?? [];
  return totalUs === undefined ? null : Number(totalUs) / 1e3;
}

/** Both versions have the line `oom_kill <count>`. */
function readMemoryKills(memoryDir: string | null, file: string): number {
  const text = memoryDir === null ? '' : readIfThere(join(memoryDir, file));
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
}

/** Of v2 in microseconds, of v1 in nanoseconds, in whichever of its directories limits the CPU. */
function readLimitEvents(directories: readonly string[], memoryDir: string | null): LimitEvents {
  const text = directories
    .map((directory) => readIfThere(join(directory, 'cpu.stat')))
    .find((one) => one.includes('nr_throttled'));
  const cpu = keyedValues(text ?? '');
  const throttledMs = cpu('throttled_usec') / 1e3 + cpu('throttled_time') / 1e6;
  const memory = memoryDir === null ? '' : readIfThere(join(memoryDir, 'memory.events'));
  const v1Count = memoryDir === null ? null : readNumber(join(memoryDir, 'memory.failcnt'));
  return { throttledCount: cpu('nr_throttled'), throttledMs, memoryFullCount: v1Count ?? keyedValues(memory)('max') };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

interface GroupCpu {
  readonly userMs: number;
  readonly systemMs: number;
}

export function readGroupCpu({ unifiedDir }: ReadableGroup): GroupCpu {
  const value = keyedValues(readFileSync(join(unifiedDir, 'cpu.stat'), 'utf8'));
  return { userMs: value('user_usec') / 1e3, systemMs: value('system_usec') / 1e3 };
}

/** Those of the group itself: ours have no groups within. */
export function readGroupPids({ unifiedDir }: ReadableGroup): readonly number[] {
  const lines = readFileSync(join(unifiedDir, 'cgroup.procs'), 'utf8').split('\n');
  return [...new Set(lines.filter((line) => line !== '').map(Number))];
}

/**
 * Private memory by the group's own account, null where it keeps none: anon + shmem + swap. The kernel folds its per-CPU
 * counts in when 64 pages a CPU have changed, or after 2 s: exact to about 0.25 MiB a core.
 */
export function readGroupPrivateBytes(group: ReadableGroup): number | null {
  if (group.memoryDir === null) return null;
  const value = keyedValues(readFileSync(join(group.memoryDir, 'memory.stat'), 'utf8'));
  if (group.memoryVersion === 1) return value('total_rss') + value('total_shmem') + value('total_swap');
  return value('anon') + value('shmem') + (readNumber(join(group.memoryDir, 'memory.swap.current')) ?? 0);
}

/** The kernel's own counts beside the processes' pages, file pages in the peak. */
export function readGroupExtras(group: ReadableGroup): {
  kernelBytes: number | null;
  peakIncludingFileBytes: number | null;
} {
  const { memoryDir } = group;
  if (memoryDir === null) return { kernelBytes: null, peakIncludingFileBytes: null };
  if (group.memoryVersion === 1) {
    return {
      kernelBytes: readNumber(join(memoryDir, 'memory.kmem.usage_in_bytes')),
      peakIncludingFileBytes: readNumber(join(memoryDir, 'memory.max_usage_in_bytes')),
    };
  }
  const value = keyedValues(readFileSync(join(memoryDir, 'memory.stat'), 'utf8'));
  return { kernelBytes: value('kernel'), peakIncludingFileBytes: readNumber(join(memoryDir, 'memory.peak')) };
}

/** Page faults of all that ever ran in the group; null where it keeps no account of memory. */
export function readGroupFaults({
  memoryDir,
  memoryVersion,
}: ReadableGroup): readonly [minor: number, major: number] | null {
  if (memoryDir === null) return null;
  const value = keyedValues(readFileSync(join(memoryDir, 'memory.stat'), 'utf8'));
  const prefix = memoryVersion === 1 ? 'total_' : '';
  const majorCount = value(`${prefix}pgmajfault`);
  return [value(`${prefix}pgfault`) - majorCount, majorCount];
}

/** Lines `name number`; a line the kernel does not write counts nothing. */
function keyedValues(text: string): (name: string) => number {
  const values = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
  return (name) => Number(values.get(name) ?? 0);
}

function readNumber(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
