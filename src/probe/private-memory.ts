import { type ProcStat, readMemory, readProportionalMemory } from './proc-file.ts';

/** The headline (private memory) and what is needed to judge it, at a window's edge. */
export interface MemoryDetail {
  /** Σ Pss_Anon + Pss_Shmem + SwapPss. */
  readonly anonBytes: number | null;
  /** Freed by the program, not yet taken back: counted in anonBytes until the machine needs it. */
  readonly lazyFreeBytes: number | null;
  readonly anonHugePagesBytes: number | null;
  readonly kernelBytes: number | null;
  /** Proportional share of mapped files. */
  readonly fileBytes: number | null;
  readonly rssBytes: number | null;
  readonly peakIncludingFileBytes: number | null;
}

/** Private memory for a series: RssAnon where no two processes share pages by fork, else the dearer proportional sum. */
export function privateBytes(stats: readonly ProcStat[]): number | null {
  return sharesPages(stats) ? proportionalBytes(stats) : residentAnonBytes(stats);
}

function sharesPages(stats: readonly ProcStat[]): boolean {
  const stacks = stats.map(({ startStack }) => startStack).filter((stack) => stack !== '0');
  return new Set(stacks).size < stacks.length;
}

function residentAnonBytes(stats: readonly ProcStat[]): number | null {
  return total(stats, (pid) => {
    const memory = readMemory(pid);
    return memory === null ? null : memory.anonBytes + memory.shmemBytes + memory.swapBytes;
  });
}

function proportionalBytes(stats: readonly ProcStat[]): number | null {
  return total(stats, (pid) => {
    const memory = readProportionalMemory(pid);
    return memory === null ? null : memory.anonBytes + memory.shmemBytes + memory.swapBytes;
  });
}

export function residentBytes(stats: readonly ProcStat[]): number | null {
  return total(stats, (pid) => readMemory(pid)?.rssBytes ?? null);
}

/** `kernelBytes` and the peak of a group come from its own accounting, where there is one. */
export function readMemoryDetail(
  stats: readonly ProcStat[],
  group: { readonly kernelBytes: number | null; readonly peakIncludingFileBytes: number | null } | null,
): MemoryDetail {
  const rollups = stats.map(({ pid }) => readProportionalMemory(pid)).filter((rollup) => rollup !== null);
  const sum = (bytesOf: (rollup: (typeof rollups)[number]) => number): number | null =>
    rollups.length === 0 ? null : rollups.reduce((bytes, rollup) => bytes + bytesOf(rollup), 0);
  return {
    anonBytes: sum(({ anonBytes, shmemBytes, swapBytes }) => anonBytes + shmemBytes + swapBytes),
    lazyFreeBytes: sum(({ lazyFreeBytes }) => lazyFreeBytes),
    anonHugePagesBytes: sum(({ anonHugePagesBytes }) => anonHugePagesBytes),
    kernelBytes: group?.kernelBytes ?? null,
    fileBytes: sum(({ fileBytes }) => fileBytes),
    rssBytes: residentBytes(stats),
    // Peaks of several processes need not have been at one time: their sum is only an upper bound.
    peakIncludingFileBytes:
      group?.peakIncludingFileBytes ?? total(stats, (pid) => readMemory(pid)?.peakRssBytes ?? null),
  };
}

/** Processes that end while being read are left out; null: none could be read. */
function total(stats: readonly ProcStat[], bytesOf: (pid: number) => number | null): number | null {
  const known = stats.map(({ pid }) => bytesOf(pid)).filter((bytes) => bytes !== null);
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0);
}
