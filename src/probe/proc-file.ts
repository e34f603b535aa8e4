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

/** Sums growing counts over the threads (or other parts) of processes; what one had before it ended stays in the sums. */
interface GrowingTotals {
  /** In the order of the counts; null where the kernel keeps none. */
  read(pids: readonly number[]): readonly number[] | null;
}

interface RunDelay {
  /** Milliseconds so far; null where the kernel keeps no such count. */
  readMs(pids: readonly number[]): number | null;
}

export function createRunDelay(
  threadIdsOf: (pid: number) => readonly string[] = readThreadIds,
  delayNsOf: (threadId: string) => number | null = readRunDelayNs,
): RunDelay {
  const totals = createGrowingTotals(threadIdsOf, (threadId) => {
    const delayNs = delayNsOf(threadId);
    return delayNs === null ? null : [delayNs];
  });
  return {
    readMs(pids) {
      const [totalNs] = totals.read(pids) ?? [];
      return totalNs === undefined ? null : totalNs / 1e6;
    },
  };
}

function createGrowingTotals(
  idsOf: (pid: number) => readonly string[],
  countsOf: (id: string) => readonly number[] | null,
): GrowingTotals {
  let last = new Map<string, readonly number[]>();
  let totals: readonly number[] | null = null;
  return {
    read(pids) {
      const current = new Map<string, readonly number[]>();
      for (const id of pids.flatMap(idsOf)) {
        const counts = countsOf(id);
        if (counts === null) continue;
        const previous = last.get(id) ?? [];
        // Less than before: the id was given away again.
        const isSame = counts.every((count, index) => count >= (previous[index] ?? 0));
        const before = totals;
        totals = counts.map((count, index) => (before?.[index] ?? 0) + count - (isSame ? (previous[index] ?? 0) : 0));
        current.set(id, counts);
      }
      last = current;
      return totals;
    },
  };
}

/** Context switches of all threads: voluntary (it waited for something) and involuntary (its core was taken away). */
export function createSwitchTotals(): GrowingTotals {
  return createGrowingTotals(readThreadIds, (threadId) => {
    const counts = [...(readProc(`${threadId}/status`) ?? '').matchAll(/ctxt_switches:\s+(\d+)/g)];
    return counts.length === 2 ? counts.map(([, count]) => Number(count)) : null;
  });
}

/** Page faults of all processes: minor, and major (the disk was read). A process's own counts hold its ended threads. */
export function createFaultTotals(): GrowingTotals {
  return createGrowingTotals(
    (pid) => [String(pid)],
    (pid) => {
      const text = readProc(`${pid}/stat`);
      return text === null ? null : faultsIn(text);
    },
  );
}

function faultsIn(statText: string): readonly number[] {
  const fields = statText.slice(statText.lastIndexOf(')') + 2).split(' ');
  return [Number(fields[7]), Number(fields[9])];
}

/** null: none of the processes lets its descriptors be counted. */
export function countDescriptors(pids: readonly number[]): number | null {
  const counts = pids.flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      return [];
    }
  });
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}
