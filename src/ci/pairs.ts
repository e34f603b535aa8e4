import { cellId, cellOf } from '../model/cell-key.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';
import { trialMs } from '../run/plan.ts';
import type { RunReporter } from '../run/reporter.ts';
import { writeResult } from '../store/result-file.ts';
import type { SideName, Sides } from './revision.ts';

/** Two trials next to each other, one of each commit. */
interface PlannedPair {
  readonly order: readonly [SideName, SideName];
  /** Without its position, which is the trial's own. */
  readonly spec: TrialSpec;
}

/**
 * Each planned trial becomes a pair. Of two pairs in a row of one cell the second is made in the order opposite to the first's,
 * which is drawn (ABBA or BAAB): whatever grows with time falls on both commits alike.
 */
export function planPairs(
  specs: readonly TrialSpec[],
  sessionId: string,
  below: (bound: number) => number,
): PlannedPair[] {
  const last = new Map<string, PlannedPair['order']>();
  return specs.map((spec) => {
    const cell = cellId(cellOf(spec));
    const before = spec.repetition % 2 === 0 ? last.get(cell) : undefined;
    const order = before === undefined ? randomOrder(below) : ([before[1], before[0]] as const);
    last.set(cell, order);
    return { order, spec: { ...spec, pair: { sessionId, number: spec.repetition } } };
  });
}

function randomOrder(below: (bound: number) => number): PlannedPair['order'] {
  return below(2) === 0 ? ['base', 'head'] : ['head', 'base'];
}

interface PreparedPairs {
  /** Without trials. */
  readonly results: Sides<RunResult>;
  readonly paths: Sides<string>;
  readonly pairs: readonly PlannedPair[];
  /** How often a pair of which a trial turns out invalid is made in all; every attempt is kept. */
  readonly maxAttempts: number;
  runTrial(side: SideName, spec: TrialSpec): Promise<Trial>;
}

/** What was measured of both commits, whole or cut short. */
export interface MeasuredPairs {
  readonly results: Sides<RunResult>;
  /** null: ended before the first pair was made, so that no file was written. */
  readonly paths: Sides<string> | null;
  /** What ended it early; null: nothing did. */
  readonly cause: unknown;
}

/** Makes the pairs in their order and writes each side's result after each trial, from the first pair on: whatever ends it, the finished ones stay. */
export async function runPairs(
  prepared: PreparedPairs,
  reporter: RunReporter,
  nowText: () => string,
): Promise<MeasuredPairs> {
  const { pairs, paths } = prepared;
  const plannedTrialCount = pairs.length;
  const { base, head } = prepared.results;
  const results = { base: { ...base, plannedTrialCount }, head: { ...head, plannedTrialCount } };
  const isComparable = () => results.base.trials.length > 0 && results.head.trials.length > 0;
  const saveBoth = async (change: Partial<RunResult>) => {
    for (const side of ['base', 'head'] as const) {
      results[side] = { ...results[side], ...change };
      await writeResult(paths[side], results[side]);
    }
  };
  const keep: SaveTrial = async (side, trial) => {
    results[side] = { ...results[side], trials: [...results[side].trials, trial] };
    // Of one side alone nothing could be read.
    if (!isComparable()) return;
    if (results[side].trials.length === 1) await saveBoth({});
    else await writeResult(paths[side], results[side]);
  };
  try {
    for (const [index, pair] of pairs.entries()) await measurePair(pair, index, prepared, reporter, keep);
    await saveBoth({ state: 'complete', finishedAt: nowText() });
    return { results, paths, cause: null };
  } catch (cause) {
    if (!isComparable()) return { results, paths: null, cause };
    await saveBoth({ state: 'interrupted', finishedAt: nowText() }).catch(() => {});
    return { results, paths, cause };
  }
}

type SaveTrial = (side: SideName, trial: Trial) => Promise<void>;

/** Repeated as a whole: only trials next to each other are a pair. */
async function measurePair(
  { order, spec }: PlannedPair,
  index: number,
  prepared: PreparedPairs,
  reporter: RunReporter,
  keep: SaveTrial,
): Promise<void> {
  for (let attempt = 1; attempt <= prepared.maxAttempts; attempt += 1) {
    let invalid = false;
    for (const [offset, side] of order.entries()) {
      const own = { ...spec, attempt, position: 2 * index + offset };
      reporter.onTrialStart(named(own, side), remainingMs(prepared.pairs, index, offset));
      const trial = await prepared.runTrial(side, own);
      await keep(side, trial);
      invalid ||= trial.status === 'invalid';
      reporter.onTrialEnd({ ...trial, spec: named(own, side) }, 2 * index + offset + 1, 2 * prepared.pairs.length);
    }
    if (!invalid) return;
  }
}

/** As people read it: "crud-go, pair 3, base". */
function named(spec: TrialSpec, side: SideName): TrialSpec {
  return { ...spec, implementation: `${spec.implementation}, pair ${spec.pair?.number}, ${side}:` };
}

function remainingMs(pairs: readonly PlannedPair[], index: number, offset: number): number {
  const rest = pairs.slice(index).reduce((sum, { spec }) => sum + 2 * trialMs(spec), 0);
  const [current] = pairs.slice(index);
  return offset === 0 || current === undefined ? rest : rest - trialMs(current.spec);
}
