import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's unit of time in /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on. */
export const msPerTick = 10;

export interface ProcStat {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  /** Of its children that have ended and were waited for. */
  readonly childUserTicks: number;
  readonly childSystemTicks: number;
  readonly threadCount: number;
  readonly startTicks: number;
  /** Where the stack began at exec, randomly placed: equal in two processes when one forked from the other without exec. */
  readonly startStack: string;
}

/** A line of /proc/PID/stat. The name, in parentheses, may hold anything. */
export function parseStat(pid: number, text: string): ProcStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number) => Number(fields[field - 3]);
  return {
    pid,
    parentPid: at(4),
    groupId: at(5),
    sessionId: at(6),
    userTicks: at(14),
    systemTicks: at(15),
    childUserTicks: at(16),
    childSystemTicks: at(17),
    threadCount: at(20),
    startTicks: at(22),
    startStack: fields[25] ?? '0',
  };
}

/** Every process of the machine that could be read. */
export function readAllStats(): readonly ProcStat[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readStat(Number(pid))).filter((stat) => stat !== null);
}

export function readStat(pid: number): ProcStat | null {
  const text = readProc(`${pid}/stat`);
  return text === null ? null : parseStat(pid, text);
}

interface ProcMemory {
  readonly rssBytes: number;
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly swapBytes: number;
  /** The process's own greatest RSS, file pages included. */
  readonly peakRssBytes: number;
}

/** Counters of /proc/PID/status: cheap, exact to some dozen pages, counting shared pages in full. */
export function readMemory(pid: number): ProcMemory | null {
  const text = readProc(`${pid}/status`);
  if (text === null) return null;
  const bytes = kibFields(text);
  return {
    rssBytes: bytes('VmRSS'),
    anonBytes: bytes('RssAnon'),
    shmemBytes: bytes('RssShmem'),
    swapBytes: bytes('VmSwap'),
    peakRssBytes: bytes('VmHWM'),
  };
}

interface ProportionalMemory {
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly swapBytes: number;
  readonly fileBytes: number;
  readonly lazyFreeBytes: number;
  readonly anonHugePagesBytes: number;
}

/** /proc/PID/smaps_rollup: pages divided by their users. Walks the page tables under the map lock: about 3.5 µs a MB. */
export function readProportionalMemory(pid: number): ProportionalMemory | null {
  const text = readProc(`${pid}/smaps_rollup`);
  if (text === null || text === '') return null;
  const bytes = kibFields(text);
  return {
    anonBytes: bytes('Pss_Anon'),
    shmemBytes: bytes('Pss_Shmem'),
    swapBytes: bytes('SwapPss'),
    fileBytes: bytes('Pss_File'),
    lazyFreeBytes: bytes('LazyFree'),
    anonHugePagesBytes: bytes('AnonHugePages'),
  };
}

/** Lines `Name:   123 kB`; a kernel that lacks a line has nothing of the kind. */
function kibFields(text: string): (name: string) => number {
  return (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

function readThreadIds(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Nanoseconds a thread was runnable but waited for a core: the second field of its schedstat. */
function readRunDelayNs(threadId: string): number | null {
  const fields = readProc(`${threadId}/schedstat`)?.split(' ');
  return fields?.[1] === undefined ? null : Number(fields[1]);
}

/** null: the process has ended, or is another user's. */
function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return null;
  }
}

/** Sums a growing count over all threads of some processes; what a thread had before it ended stays in the sum. */
interface ThreadTotal {
  /** null where the kernel keeps no such count. */
  read(pids: readonly number[]): number | null;
}

interface RunDelay {
  /** Milliseconds so far; null where the kernel keeps no such count. */
  readMs(pids: readonly number[]): number | null;
}

export function createRunDelay(
  threadIdsOf: (pid: number) => readonly string[] = readThreadIds,
  delayNsOf: (threadId: string) => number | null = readRunDelayNs,
): RunDelay {
  const total = createThreadTotal(threadIdsOf, delayNsOf);
  return {
    readMs(pids) {
      const totalNs = total.read(pids);
      return totalNs === null ? null : totalNs / 1e6;
    },
  };
}

function createThreadTotal(
  threadIdsOf: (pid: number) => readonly string[],
  countOf: (threadId: string) => number | null,
): ThreadTotal {
  let last = new Map<string, number>();
  let total = 0;
  let known = false;
  return {
    read(pids) {
      const current = new Map<string, number>();
      for (const threadId of pids.flatMap(threadIdsOf)) {
        const count = countOf(threadId);
        if (count === null) continue;
        const previous = last.get(threadId) ?? 0;
        // Less than before: the id was given to a new thread.
        total += count >= previous ? count - previous : count;
        current.set(threadId, count);
      }
      known ||= current.size > 0;
      last = current;
      return known ? total : null;
    },
  };
}

/** Context switches, asked for and forced, of all threads. */
export function createSwitchTotal(): ThreadTotal {
  return createThreadTotal(readThreadIds, (threadId) => {
    const text = readProc(`${threadId}/status`);
    const counts = [...(text ?? '').matchAll(/ctxt_switches:\s+(\d+)/g)].map(([, count]) => Number(count));
    return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
  });
}

/** Page faults, minor and major, of all threads. */
export function createFaultTotal(): ThreadTotal {
  return createThreadTotal(readThreadIds, (threadId) => {
    const text = readProc(`${threadId}/stat`);
    if (text === null) return null;
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[7]) + Number(fields[9]);
  });
}
