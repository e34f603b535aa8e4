import type { RunResult } from '../model/run-result.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';
import { writeResult } from '../store/result-file.ts';
import { isNeedless } from './needless.ts';
import { trialMs } from './plan.ts';
import type { RunReporter } from './reporter.ts';

/** A run that has been prepared: all that is left is to do its trials. */
export interface PreparedRun {
  /** Without trials. */
  readonly result: RunResult;
  readonly specs: readonly TrialSpec[];
  /** Where the result goes. */
  readonly path: string;
  /** How often a trial that turns out invalid is tried in all; every try is kept. */
  readonly triesMost: number;
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
  let result: RunResult = { ...prepared.result, plannedTrialCount: prepared.specs.length };
  const save = (change: Partial<RunResult>) => {
    result = { ...result, ...change };
    return writeResult(prepared.path, result);
  };
  try {
    await save({});
    for (const [index, spec] of prepared.specs.entries()) {
      if (isNeedless(spec, result.trials)) continue;
      reporter.onTrialStart(spec, remainingMs(prepared.specs, index));
      for await (const trial of tries(spec, prepared)) {
        await save({ trials: [...result.trials, trial] });
        reporter.onTrialEnd(trial, index + 1, prepared.specs.length);
      }
    }
  } catch (error) {
    await save({ state: 'interrupted', finishedAt: nowText() }).catch(() => {});
    if (result.trials.length > 0) reporter.onStep(keptText(result, prepared.path));
    throw error;
  }
  const needlessCount = prepared.specs.filter((spec) => !wasMade(spec, result.trials)).length;
  const plannedTrialCount = prepared.specs.length - needlessCount;
  await save({ state: 'complete', finishedAt: nowText(), plannedTrialCount });
  return result;
}

function wasMade({ slot }: TrialSpec, trials: readonly Trial[]): boolean {
  return trials.some((trial) => trial.spec.slot === slot);
}

function keptText({ trials }: RunResult, path: string): string {
  const count = trials.length === 1 ? '1 finished trial is' : `${trials.length} finished trials are`;
  return `${count} kept: npm run bench -- report ${path}`;
}

function remainingMs(specs: readonly TrialSpec[], from: number): number {
  return specs.slice(from).reduce((sum, spec) => sum + trialMs(spec), 0);
}

async function* tries(spec: TrialSpec, prepared: PreparedRun): AsyncGenerator<Trial> {
  for (let attempt = 1; attempt <= prepared.triesMost; attempt += 1) {
    const trial = await prepared.runTrial({ ...spec, attempt });
    yield trial;
    if (trial.status !== 'invalid') return;
  }
}
