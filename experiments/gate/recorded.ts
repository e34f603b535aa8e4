import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gate } from '../../bench/gate.ts';
import { runDifferences } from '../../src/compare/comparability.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { cellId, cellOf } from '../../src/model/cell-key.ts';
import type { RunComparison } from '../../src/model/comparison.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { metrics, metricValue } from '../../src/model/metric.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import { recordingsDir } from '../../src/run/paths.ts';
import type { Random } from '../../src/stats/random.ts';
import { readResult } from '../../src/store/result-file.ts';

/** What `ci` left of two commits, or a run of one commit alone. */
export interface RecordedRun {
  readonly base: RunResult;
  /** null: made for no comparison (`run noise`). */
  readonly head: RunResult | null;
  /** Nothing differs between its trials: one commit. */
  readonly isAA: boolean;
}

/** Two trials made next to each other. */
export interface RecordedPair {
  readonly base: Trial;
  readonly head: Trial;
}

/** All that was recorded of one cell. */
export interface Recording {
  readonly cell: string;
  readonly runs: readonly RecordedRun[];
  readonly isAA: boolean;
  /**
   * Pairs in the order of time, in each series every trial at most once. Two commits: one series. One commit: two, for its trials
   * can be taken in twos from the first or from the second on; which of a pair is base is then drawn.
   */
  readonly series: readonly (readonly RecordedPair[])[];
}

/**
 * Every run in these result files and below these folders, in the order of time; none named: all that is kept. What is still being
 * made is left out.
 */
export async function recordedRuns(paths: readonly string[]): Promise<RecordedRun[]> {
  const files = (await Promise.all((paths.length > 0 ? paths : [recordingsDir]).map(filesAt))).flat();
  const results = (await Promise.all(files.map(readResult))).filter(({ state }) => state !== 'running');
  results.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  return [...Map.groupBy(results, sessionOf).values()].flatMap(runOf);
}

async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null)
    throw new HarnessError('cannot-measure', `there is nothing at ${path}`, 'make it: npm run record-gate');
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names.filter((name) => /-(base|head)\.json(\.gz)?$/.test(name)).map((name) => join(path, name));
}

/** Both sides of a comparison share it; a run made for none is a session of its own. */
function sessionOf({ trials, runId }: RunResult): string {
  return trials[0]?.spec.pair?.sessionId ?? runId;
}

function runOf(sides: readonly RunResult[]): RecordedRun[] {
  const side = (name: string) => sides.find(({ scenario }) => scenario.id.endsWith(`-${name}`));
  const [base, head] = [side('base') ?? sides[0], side('head') ?? null];
  if (base === undefined || base.trials.length === 0 || base === head) return [];
  return [{ base, head, isAA: head === null || head.scenario.id === 'aa-head' }];
}

/** The runs' trials cell by cell, those of one commit apart from those of two. Throws where a cell was recorded under two settings. */
export function recordings(runs: readonly RecordedRun[]): Recording[] {
  const byKind = Map.groupBy(runs, ({ isAA }) => isAA);
  return [...byKind].flatMap(([isAA, ofKind]) => {
    const cells = new Set(ofKind.flatMap(({ base }) => base.trials.map(idOf)));
    return [...cells].map((cell) => recordingOf(cell, ofKind, isAA));
  });
}

function recordingOf(cell: string, runs: readonly RecordedRun[], isAA: boolean): Recording {
  const own = runs.map((run) => inCell(run, cell)).filter(({ base }) => base.trials.length > 0);
  requireOneSetting(cell, own);
  const series = isAA
    ? [0, 1].map((first) => own.flatMap((run) => neighbours(run, first)))
    : [own.flatMap(recordedPairs)];
  return { cell, runs: own, isAA: isAA, series };
}

function idOf({ spec }: Trial): string {
  return cellId(cellOf(spec));
}

function inCell({ base, head, isAA }: RecordedRun, cell: string): RecordedRun {
  const own = (run: RunResult) => ({ ...run, trials: run.trials.filter((trial) => idOf(trial) === cell) });
  return { base: own(base), head: head === null ? null : own(head), isAA: isAA };
}

function requireOneSetting(cell: string, runs: readonly RecordedRun[]): void {
  const [first, ...others] = runs;
  for (const other of others) {
    const [difference] = first === undefined ? [] : runDifferences(first.base, other.base);
    if (difference !== undefined) throw new Error(`${cell}: ${difference.field} differs between the runs`);
  }
}

/** The trials that stand, in twos from number `first` on; never across two runs, which are minutes apart. */
function neighbours({ base, head }: RecordedRun, first: number): RecordedPair[] {
  const trials = [...base.trials, ...(head?.trials ?? [])].filter(({ status }) => status !== 'invalid').sort(byTime);
  return trials.slice(first).flatMap((trial, index, rest) => {
    const next = rest[index + 1];
    return index % 2 === 0 && next !== undefined ? [{ base: trial, head: next }] : [];
  });
}

/** As `ci` made and judged them: of each pair the last try, if no trial of it was the machine's fault. */
function recordedPairs({ base, head }: RecordedRun): RecordedPair[] {
  const tries = base.trials.flatMap((trial) => {
    const partner = head?.trials.find((other) => isPartner(trial, other));
    return partner === undefined ? [] : [{ base: trial, head: partner }];
  });
  const last = new Map(tries.filter(isValid).map((pair) => [pair.base.spec.pair?.number, pair]));
  return [...last.values()].sort((a, b) => byTime(a.base, b.base));
}

function isPartner({ spec }: Trial, other: Trial): boolean {
  return other.spec.pair?.number === spec.pair?.number && other.spec.attempt === spec.attempt;
}

function isValid({ base, head }: RecordedPair): boolean {
  return base.status !== 'invalid' && head.status !== 'invalid';
}

function byTime(a: Trial, b: Trial): number {
  return a.startedAt.localeCompare(b.startedAt);
}

/** A block of pairs, and the one that follows it: fresh pairs of the same commits. */
export interface Blocks {
  readonly block: readonly RecordedPair[];
  /** null: the recording is too short for two blocks that share no pair. */
  readonly next: readonly RecordedPair[] | null;
}

/** A contiguous block from anywhere; behind the last pair comes the first (the circular bootstrap of Politis and Romano 1992). */
export function drawnBlocks({ series, isAA }: Recording, pairCount: number, random: Random): Blocks {
  const pairs = series[random.below(series.length)] ?? [];
  const start = random.below(pairs.length);
  const from = (first: number) => {
    const block = Array.from(
      { length: pairCount },
      (_, index) => pairs[(first + index) % pairs.length] as RecordedPair,
    );
    return isAA ? withDrawnSides(block, random) : block;
  };
  return { block: from(start), next: 2 * pairCount > pairs.length ? null : from(start + pairCount) };
}

/** ABBA or BAAB, as `ci` plans them. */
function withDrawnSides(block: readonly RecordedPair[], random: Random): RecordedPair[] {
  let turn = 0;
  return block.map(({ base, head }, index) => {
    if (index % 2 === 0) turn = random.below(2);
    return (index + turn) % 2 === 0 ? { base, head } : { base: head, head: base };
  });
}

/** How many blocks of that size share no trial. */
export function disjointCount({ series: [pairs = []] }: Recording, pairCount: number): number {
  return Math.floor(pairs.length / pairCount);
}

const options = { policy: gate, minEffectRatio: null, noiseFloors: new Map<string, number>(), waivers: [], today: '' };

/** A recorded run as `ci` judges it, without a machine's floor. */
export function comparedRun({ base, head }: RecordedRun): RunComparison | null {
  return head === null ? null : compareRuns(base, head, options);
}

/** A block as `ci` would have judged it had it made these pairs, with intervals of the policy's level. */
export function comparedBlock(
  block: readonly RecordedPair[],
  { runs }: Recording,
  intervalLevelRatio = gate.intervalLevelRatio,
): RunComparison {
  const [base, head] = (['base', 'head'] as const).map((side) => sideOf(block, side, runs)) as [RunResult, RunResult];
  return compareRuns(base, head, { ...options, policy: { ...gate, intervalLevelRatio } });
}

/** One side of a block as a result of its own. */
export function sideOf(
  block: readonly RecordedPair[],
  side: 'base' | 'head',
  [first]: readonly RecordedRun[],
): RunResult {
  const trials = block.map((pair, index) => {
    const trial = pair[side];
    const number = index + 1;
    const pairing = { repetition: number, attempt: 1, pair: { sessionId: 'block', number } };
    return { ...trial, spec: { ...trial.spec, ...pairing } };
  });
  const { base, head } = first as RecordedRun;
  return { ...(side === 'base' ? base : (head ?? base)), runId: side, trials };
}

/** Target, database and generator, of each pair as it was made. */
export function logRatios({ series: [pairs = []] }: Recording): number[][] {
  const names = gate.metrics['cpu-per-request']?.control;
  const asked = ['cpu-per-request', names?.metricId, names?.referenceId].map((id) =>
    metrics.find((metric) => metric.id === id),
  );
  return pairs.flatMap(({ base, head }) => {
    const logs = asked.map((metric) =>
      metric === undefined ? Number.NaN : Math.log((metricValue(metric, head) ?? 0) / (metricValue(metric, base) ?? 0)),
    );
    return logs.every(Number.isFinite) ? [logs] : [];
  });
}

/** `NAME=PATH` arguments by name, a name's paths together; null where one has no name. */
export function namedPaths(args: readonly string[]): Map<string, string[]> | null {
  const pairs = args.map((arg) => /^([^=]+)=(.+)$/.exec(arg));
  const byName = Map.groupBy(pairs, (match) => match?.[1]);
  if (byName.has(undefined)) return null;
  return new Map([...byName].map(([name = '', matches]) => [name, matches.map((match) => match?.[2] ?? '')]));
}
