import { existsSync } from 'node:fs';
import { HarnessError } from '../model/harness-error.ts';
import type { ProcessGroup } from './cgroup.ts';
import { createCgroupProbe } from './cgroup-probe.ts';
import { createPidusageProbe } from './pidusage-probe.ts';
import type { MemoryDetail } from './private-memory.ts';
import { createProcProbe } from './proc-probe.ts';

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

export interface ProbeOptions {
  /** null: this machine or this role has no group. */
  readonly group: ProcessGroup | null;
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
