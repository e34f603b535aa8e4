import { join } from 'node:path';
import { HarnessError } from '../../model/harness-error.ts';
import type { Implementation } from '../../model/implementation.ts';
import { nowNs } from '../../os/clock.ts';
import { codeDir } from '../paths.ts';
import { TrialFailure } from '../trial/observations.ts';
import { assertOurs } from '../trial/running-target.ts';
import { observeRun } from './observed-run.ts';
import type { ObservedLoad } from './second-figures.ts';
import { type Subject, withProgramEnv } from './subject.ts';
import { loadPlanBase, warmupBelow } from './subject-load.ts';

/** One collection, as the runtime told it. */
export interface Collection {
  /** When the line was read, CLOCK_MONOTONIC. */
  readonly atNs: number;
  readonly kind: string;
  /** In which the program stood still: of Go without the concurrent phase. */
  readonly pauseMs: number;
  /** Since the collection before; null: this runtime does not tell. */
  readonly allocatedBytes: number | null;
}

export interface GarbageFigures {
  readonly status: 'measured';
  readonly requestCount: number;
  readonly collectionCount: number;
  readonly pauseMsPerRequest: number;
  readonly longestPauseMs: number | null;
  readonly allocatedBytesPerRequest: number | null;
  /** While it was looked at: for no comparison. */
  readonly cpuPerRequestMs: number;
  readonly kinds: Readonly<Record<string, { readonly count: number; readonly pauseMs: number }>>;
}

export interface FailedLook {
  readonly status: 'failed';
  readonly reason: string;
}

/** How a runtime is made to tell, without a change of the program. */
interface Look {
  env(before: Implementation['env']): Record<string, string>;
  read(line: string, before: Reading): Reading;
}

/** The collection of a line, if it tells of one, and what the next line must know. */
interface Reading {
  readonly found: Omit<Collection, 'atNs'> | null;
  /** MiB that were alive after the last collection; only Go tells. */
  readonly liveMib: number | null;
}

const lookDir = join(codeDir, 'src', 'run', 'questions', 'look');
const looks: Readonly<Record<string, Look>> = {
  node: {
    env: ({ NODE_OPTIONS }) => ({ NODE_OPTIONS: joined(' ', `--require=${join(lookDir, 'node.cjs')}`, NODE_OPTIONS) }),
    read: readLook,
  },
  cpython: { env: ({ PYTHONPATH }) => ({ PYTHONPATH: joined(':', lookDir, PYTHONPATH) }), read: readLook },
  go: { env: ({ GODEBUG }) => ({ GODEBUG: joined(',', 'gctrace=1', GODEBUG) }), read: readGoTrace },
};

function joined(separator: string, ...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}

function readLook(line: string): Reading {
  const [, json] = /^paceline-gc (\{.*\})$/.exec(line) ?? [];
  return { found: json === undefined ? null : (JSON.parse(json) as Omit<Collection, 'atNs'>), liveMib: null };
}

const goLine = /^gc \d+ @\S+s \d+%: ([\d.]+)\+[\d.]+\+([\d.]+) ms clock, .* (\d+)->\d+->(\d+) MB/;

/** `gc 3 @0.1s 1%: 0.02+1.2+0.003 ms clock, …, 4->4->1 MB …`: two stops around a concurrent phase; the heap before, at its end, alive. */
export function readGoTrace(line: string, { liveMib }: Pick<Reading, 'liveMib'>): Reading {
  const [, sweepMs, markMs, beforeMib, aliveMib] = goLine.exec(line) ?? [];
  if (beforeMib === undefined) return { found: null, liveMib };
  const allocatedMib = liveMib === null ? null : Math.max(0, Number(beforeMib) - liveMib);
  return {
    found: {
      kind: line.includes('(forced)') ? 'forced' : 'concurrent',
      pauseMs: Number(sweepMs) + Number(markMs),
      allocatedBytes: allocatedMib === null ? null : allocatedMib * 2 ** 20,
    },
    liveMib: Number(aliveMib),
  };
}

interface LookRequest {
  readonly ratePerSec: number;
  readonly measureMs: number;
  onProgress(elapsedMs: number): void;
}

/** One load on a fresh program that tells of its collections. Throws HarnessError for a runtime that tells nothing. */
export async function lookAtGarbage(subject: Subject, request: LookRequest): Promise<GarbageFigures | FailedLook> {
  const { ratePerSec, measureMs, onProgress } = request;
  const { implementation } = subject.preparedImplementation.located;
  assertOurs(implementation, 'its runtime must be told to tell');
  const look = looks[implementation.runtime.name];
  if (look === undefined) {
    const message = `how ${implementation.runtime.name} tells of its collections is not known here`;
    throw new HarnessError('usage', message, `name an implementation on ${Object.keys(looks).join(', ')}`);
  }
  const collections: Collection[] = [];
  const loadPlan = { ...loadPlanBase, ...warmupBelow(2 * ratePerSec), ratePerSec, measureMs };
  try {
    const observed = await observeRun(withProgramEnv(subject, look.env(implementation.env)), loadPlan, {
      onProgress,
      onTargetLog: collectInto(collections, look),
    });
    return garbageFigures(observed, collections);
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', reason: error.message };
    throw error;
  }
}

function collectInto(collections: Collection[], { read }: Look): (chunk: Buffer) => void {
  let rest = '';
  let before: Reading = { found: null, liveMib: null };
  return (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      before = read(line, before);
      if (before.found !== null) collections.push({ ...before.found, atNs: nowNs() });
    }
  };
}

/** Pure: of the collections within the window. */
export function garbageFigures({ result, cpuMs }: ObservedLoad, all: readonly Collection[]): GarbageFigures {
  const { startedAtNs, endedAtNs, counts } = result;
  const own = all.filter(({ atNs }) => atNs >= startedAtNs && atNs <= endedAtNs);
  const requestCount = Math.max(1, counts.okCount);
  const sumOf = (of: readonly Collection[]) => of.reduce((sum, { pauseMs }) => sum + pauseMs, 0);
  const known = own.flatMap(({ allocatedBytes }) => allocatedBytes ?? []);
  const usedMs = cpuMs.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
  const kinds = Object.entries(Object.groupBy(own, ({ kind }) => kind));
  return {
    ...{ status: 'measured', requestCount: counts.okCount, collectionCount: own.length },
    pauseMsPerRequest: sumOf(own) / requestCount,
    longestPauseMs: own.length === 0 ? null : Math.max(...own.map(({ pauseMs }) => pauseMs)),
    allocatedBytesPerRequest: known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0) / requestCount,
    cpuPerRequestMs: usedMs / requestCount,
    kinds: Object.fromEntries(kinds.map(([kind, of = []]) => [kind, { count: of.length, pauseMs: sumOf(of) }])),
  };
}
