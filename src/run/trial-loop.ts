import type { PrimitiveResult } from '../model/primitive.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';
import { writeResult } from '../store/result-file.ts';
import {
  countRounds,
  minRoundCount,
  type OpenPlan,
  type OpenRoundsRequest,
  type RoundState,
  withRoundCount,
} from './open-rounds.ts';
import { expectedSpecs, isSkippable, trialMs } from './plan.ts';
import type { PreparedPrimitives } from './primitives/prepare.ts';
import type { RunReporter } from './reporter.ts';

/** A run that has been prepared: all that is left is to do its trials. */
export interface PreparedRun {
  /** Without trials. */
  readonly result: RunResult;
  /** Of open rounds the fewest. */
  readonly specs: readonly TrialSpec[];
  /** null: all that is done is in `specs`. */
  readonly open: { readonly plan: OpenPlan; readonly request: OpenRoundsRequest } | null;
  /** Measured after the trials. */
  readonly primitives: PreparedPrimitives;
  /** Where the result goes. */
  readonly path: string;
  /** How often a trial that turns out invalid is tried in all; every attempt is kept. */
  readonly maxAttempts: number;
  runTrial(spec: TrialSpec): Promise<Trial>;
}

/**
 * Does the trials in their order and writes the result after each, so that whatever ends the run early, the finished ones
 * stay: an interruption or an error is noted in the file (`state: interrupted`), then thrown.
 */
export async function runTrials(
  prepared: PreparedRun,
  reporter: RunReporter,
  nowText: () => string,
): Promise<RunResult> {
  let result: RunResult = {
    ...prepared.result,
    plannedTrialCount: prepared.specs.length,
    plannedPrimitiveCount: prepared.primitives.specs.length,
  };
  const save = (change: Partial<RunResult>) => {
    result = { ...result, ...change };
    reporter.onSaved?.(result);
    return writeResult(prepared.path, result);
  };
  const specs = [...prepared.specs];
  const { open } = prepared;
  const rounds = open === null ? null : countRounds(open.plan, open.request);
  try {
    await save({});
    for (let index = 0; index < specs.length; index += 1) {
      const spec = specs[index] as TrialSpec;
      if (isSkippable(spec, result.trials)) continue;
      rounds?.begin(spec);
      reporter.onTrialStart(spec, remainingMs(specs.slice(index), result.trials));
      for await (const trial of attempts(spec, prepared)) {
        await save({ trials: [...result.trials, trial] });
        reporter.onTrialEnd(trial, index + 1, specs.length);
      }
      const round = rounds?.completedBy(spec, result) ?? null;
      if (open === null || round === null) continue;
      reporter.onRound(round);
      if (round.reason !== null) specs.length = index + 1;
      else if (index + 1 === specs.length) specs.push(...(open.plan.rounds[round.roundCount] ?? []));
      await save(afterRound(result, open.plan, round, specs.length));
    }
    for await (const [done, index] of primitiveResults(prepared.primitives, reporter, nowText)) {
      await save({ primitives: [...result.primitives, done] });
      reporter.onPrimitiveEnd(done, index + 1, prepared.primitives.specs.length);
    }
  } catch (error) {
    await save({ state: 'interrupted', finishedAt: nowText() }).catch(() => {});
    if (result.trials.length + result.primitives.length > 0) reporter.onStep(keptText(result, prepared.path));
    throw error;
  }
  const skippedCount = specs.filter((spec) => !wasMade(spec, result.trials)).length;
  const plannedTrialCount = specs.length - skippedCount;
  await save({ state: 'complete', finishedAt: nowText(), plannedTrialCount });
  return result;
}

/** What the file says of open rounds after one of them. */
function afterRound(
  { ranking, scenario }: RunResult,
  plan: OpenPlan,
  { roundCount, halfWidthRatio, reason }: RoundState,
  plannedTrialCount: number,
): Partial<RunResult> {
  const { until } = ranking;
  const ended = reason === null ? null : { reason, roundCount, halfWidthRatio };
  const plannedRoundCount = reason === null ? Math.max(minRoundCount, roundCount + 1) : roundCount;
  return {
    plannedTrialCount,
    scenario: withRoundCount(scenario, plan, plannedRoundCount),
    ranking: { ...ranking, until: until === null ? null : { ...until, ended } },
  };
}

function wasMade({ position }: TrialSpec, trials: readonly Trial[]): boolean {
  return trials.some((trial) => trial.spec.position === position);
}

function keptText({ trials, primitives }: RunResult, path: string): string {
  const kept = [
    countText(trials.length, 'finished trial'),
    countText(primitives.length, 'case of a primitive', 'cases of primitives'),
  ];
  const count = kept.filter((text) => text !== null).join(' and ');
  return `${count} ${trials.length + primitives.length === 1 ? 'is' : 'are'} kept: npm run bench -- report ${path}`;
}

function countText(count: number, one: string, several = `${one}s`): string | null {
  return count === 0 ? null : `${count} ${count === 1 ? one : several}`;
}

async function* primitiveResults(
  { specs, skipReason, measure, expectedMs }: PreparedPrimitives,
  reporter: RunReporter,
  nowText: () => string,
): AsyncGenerator<readonly [PrimitiveResult, number]> {
  const done: PrimitiveResult[] = [];
  for (const [index, spec] of specs.entries()) {
    const reason = skipReason(spec, done);
    const leftMs = specs.slice(index).reduce((sum, one) => sum + expectedMs(one), 0);
    if (reason === null) reporter.onPrimitiveStart(spec, leftMs);
    const result: PrimitiveResult =
      reason === null ? await measure(spec) : { status: 'not-tried', spec, startedAt: nowText(), reason };
    done.push(result);
    yield [result, index];
  }
}

function remainingMs(left: readonly TrialSpec[], done: readonly Trial[]): number {
  return expectedSpecs(left, done).reduce((sum, spec) => sum + trialMs(spec), 0);
}

async function* attempts(spec: TrialSpec, prepared: PreparedRun): AsyncGenerator<Trial> {
  for (let attempt = 1; attempt <= prepared.maxAttempts; attempt += 1) {
    const trial = await prepared.runTrial({ ...spec, attempt });
    yield trial;
    if (trial.status !== 'invalid') return;
  }
}
