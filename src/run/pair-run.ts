import type { RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';
import { writeResult } from '../store/result-file.ts';
import type { PlannedPair } from './pair-plan.ts';
import { trialMs } from './plan.ts';
import type { RunReporter } from './reporter.ts';
import type { SideName } from './worktree.ts';

export type Sides<T> = Readonly<Record<SideName, T>>;

export interface PreparedPairs {
  /** Without trials. */
  readonly results: Sides<RunResult>;
  readonly paths: Sides<string>;
  readonly pairs: readonly PlannedPair[];
  /** How often a pair of which a trial turns out invalid is made in all; every try is kept. */
  readonly triesMost: number;
  runTrial(side: SideName, spec: TrialSpec): Promise<Trial>;
}

/** What was measured of both commits, whole or cut short. */
export interface MeasuredPairs {
  readonly results: Sides<RunResult>;
  readonly paths: Sides<string>;
  /** What ended it early; null: nothing did. */
  readonly cause: unknown;
}

/** Makes the pairs in their order and writes each side's result after each trial: whatever ends it, the finished ones stay. */
export async function runPairs(
  prepared: PreparedPairs,
  reporter: RunReporter,
  nowText: () => string,
): Promise<MeasuredPairs> {
  const { pairs, paths } = prepared;
  const plannedTrialCount = pairs.length;
  const results = { ...prepared.results };
  const save = async (side: SideName, change: Partial<RunResult>) => {
    results[side] = { ...results[side], ...change };
    await writeResult(paths[side], results[side]);
  };
  const saveBoth = async (change: Partial<RunResult>) => {
    for (const side of ['base', 'head'] as const) await save(side, change);
  };
  try {
    await saveBoth({ plannedTrialCount });
    for (const [index, pair] of pairs.entries()) {
      await makePair(pair, index, prepared, reporter, (side, trial) =>
        save(side, { trials: [...results[side].trials, trial] }),
      );
    }
    await saveBoth({ state: 'complete', finishedAt: nowText() });
    return { results, paths, cause: null };
  } catch (cause) {
    await saveBoth({ state: 'interrupted', finishedAt: nowText() }).catch(() => {});
    return { results, paths, cause };
  }
}

type Keep = (side: SideName, trial: Trial) => Promise<void>;

/** Repeated as a whole: only trials next to each other are a pair. */
async function makePair(
  { order, spec }: PlannedPair,
  index: number,
  prepared: PreparedPairs,
  reporter: RunReporter,
  keep: Keep,
): Promise<void> {
  for (let attempt = 1; attempt <= prepared.triesMost; attempt += 1) {
    let invalid = false;
    for (const [place, side] of order.entries()) {
      const own = { ...spec, attempt, slot: 2 * index + place };
      reporter.onTrialStart(named(own, side), remainingMs(prepared.pairs, index, place));
      const trial = await prepared.runTrial(side, own);
      await keep(side, trial);
      invalid ||= trial.status === 'invalid';
      reporter.onTrialEnd({ ...trial, spec: named(own, side) }, 2 * index + place + 1, 2 * prepared.pairs.length);
    }
    if (!invalid) return;
  }
}

/** As people are told of it: "crud-go, pair 3, base". */
function named(spec: TrialSpec, side: SideName): TrialSpec {
  return { ...spec, implementation: `${spec.implementation}, pair ${spec.pair?.number}, ${side}:` };
}

function remainingMs(pairs: readonly PlannedPair[], index: number, place: number): number {
  const rest = pairs.slice(index).reduce((sum, { spec }) => sum + 2 * trialMs(spec), 0);
  const [current] = pairs.slice(index);
  return place === 0 || current === undefined ? rest : rest - trialMs(current.spec);
}
