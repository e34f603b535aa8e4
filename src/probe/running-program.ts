import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import type { ProgramName } from '../model/implementation.ts';
import { type ReadableGroup, readGroupPids } from './cgroup.ts';
import { openProbe, type Probe } from './probe.ts';
import { createFaultTotals, createSwitchTotals, readAllStats, readProportionalMemory, readStat } from './proc-file.ts';

/** A program that somebody else started: read, and never touched. */
export interface RunningProgram {
  /** For people, as "process 4711 (server)". */
  readonly title: string;
  readonly probe: Probe;
  /** What cannot be read of it; null: all can be. */
  readonly caveat: string | null;
  isThere(): boolean;
  /** Of all its threads so far; null where they cannot be read. */
  readEvents(): { readonly switchCount: number | null; readonly faultCount: number | null };
}

/** Throws HarnessError usage or cannot-measure that names what is not there. */
export async function openRunningProgram(name: ProgramName): Promise<RunningProgram> {
  if (!existsSync('/proc/self/stat')) {
    throw new HarnessError('cannot-measure', 'CPU and memory of a running program need /proc', 'measure on Linux');
  }
  if (name.kind === 'pid') return openProcess(name.pid, `process ${name.pid}`);
  if (name.kind === 'cgroup') return openGroup(groupDirectory(name.path), `control group ${name.path}`);
  return openContainer(name.name);
}

function openProcess(pid: number, title: string): RunningProgram {
  const stat = readStat(pid);
  if (stat === null) throw unreadable(pid, title);
  const { startTicks } = stat;
  const membersOf = () => {
    const all = readAllStats();
    const found = new Set([pid]);
    for (let before = 0; before < found.size; ) {
      before = found.size;
      for (const one of all) if (found.has(one.parentPid)) found.add(one.pid);
    }
    return [...found];
  };
  return {
    title: `${title} (${commandOf(pid)})`,
    probe: openProbe({ group: null, rootPid: pid, force: 'proc' }),
    caveat: caveatOf(pid),
    isThere: () => readStat(pid)?.startTicks === startTicks,
    readEvents: eventReader(membersOf),
  };
}

/** Where /proc is mounted with hidepid, only a signal tells another user's process from none. */
function unreadable(pid: number, title: string): HarnessError {
  if (!isAnothers(pid))
    return new HarnessError('usage', `there is no ${title}`, 'name a process that runs: `pgrep -f NAME`');
  const message = `${title} is another user’s, and this system hides other users’ processes (hidepid)`;
  return new HarnessError('cannot-measure', message, 'start paceline as that user, or as root');
}

function isAnothers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function eventReader(membersOf: () => readonly number[]): RunningProgram['readEvents'] {
  const switches = createSwitchTotals();
  const faults = createFaultTotals();
  return () => {
    const pids = membersOf();
    return { switchCount: sumOf(switches.read(pids)), faultCount: sumOf(faults.read(pids)) };
  };
}

function sumOf(counts: readonly number[] | null): number | null {
  return counts === null ? null : counts.reduce((sum, count) => sum + count, 0);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'ended';
  }
}

/** Shared pages are told apart only by a file that is its owner's and root's. */
function caveatOf(pid: number): string | null {
  if (readProportionalMemory(pid) !== null) return null;
  const owner = ownerOf(pid);
  if (owner === null || owner === process.getuid?.()) return null;
  return `it is the process of another user (${owner}): pages that its processes share are counted for each of them; root can tell`;
}

function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return null;
  }
}

const unifiedMounts = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** A path of the file system, or one as /proc/PID/cgroup has it. Throws HarnessError usage. */
function groupDirectory(path: string): string {
  const candidates =
    isAbsolute(path) && existsSync(join(path, 'cpu.stat')) ? [path] : unifiedMounts.map((mount) => join(mount, path));
  const found = candidates.find((one) => existsSync(join(one, 'cgroup.procs')));
  if (found === undefined)
    throw new HarnessError(
      'usage',
      `there is no control group ${path}`,
      'name it as in /proc/PID/cgroup, or by its folder',
    );
  if (existsSync(join(found, 'cpu.stat'))) return realpathSync(found);
  throw new HarnessError(
    'cannot-measure',
    `the control group ${path} has no cpu.stat: it is of version 1`,
    'name the process instead: --pid',
  );
}

function openGroup(directory: string, title: string): RunningProgram {
  const group: ReadableGroup = {
    unifiedDir: directory,
    memoryDir: existsSync(join(directory, 'memory.stat')) ? directory : null,
    memoryVersion: 2,
  };
  const pids = readGroupPids(group);
  if (pids.length === 0 && !readFileSync(join(directory, 'cgroup.events'), 'utf8').includes('populated 1'))
    throw new HarnessError('usage', `nothing runs in the ${title}`, 'name the group of a program that runs');
  return {
    title,
    probe: openProbe({ group, rootPid: pids[0] ?? 0, force: 'cgroup' }),
    caveat: null,
    isThere: () => existsSync(directory) && readGroupPids(group).length > 0,
    readEvents: eventReader(() => (existsSync(directory) ? readGroupPids(group) : [])),
  };
}

const dockerLimitMs = 10_000;

/** Asked of Docker's own client; where its group cannot be read, the tree of its first process is. */
async function openContainer(name: string): Promise<RunningProgram> {
  const args = ['inspect', '--type', 'container', '--format', '{{.State.Pid}}', '--', name];
  // A quarter of what `load` would load at its start.
  const { execa } = await import('execa');
  const { failed, stdout, stderr, code } = await execa('docker', args, {
    reject: false,
    timeout: dockerLimitMs,
    stdin: 'ignore',
  });
  if (code === 'ENOENT')
    throw noContainer(name, 'docker is not on PATH', 'name the process (--pid) or its group (--cgroup)');
  if (failed) throw noContainer(name, stderr.trim().split('\n')[0] ?? 'docker does not answer', 'see `docker ps`');
  const pid = Number(stdout.trim());
  if (!(pid > 0)) throw noContainer(name, 'it does not run', 'start it first');
  const title = `container ${name}`;
  const path = groupPathOf(pid);
  try {
    if (path !== null) return openGroup(groupDirectory(path), title);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
  }
  return openProcess(pid, title);
}

function noContainer(name: string, why: string, remedy: string): HarnessError {
  return new HarnessError('usage', `the container ${name} cannot be measured: ${why}`, remedy);
}

/** The top of the hierarchy is no container's. */
function groupPathOf(pid: number): string | null {
  try {
    const path = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '/';
    return path === '/' ? null : path;
  } catch {
    return null;
  }
}
