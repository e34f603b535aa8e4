import type { ComparedSide, TrialCounts } from '../model/comparison.ts';
import { lastAttempts } from '../model/counted-trials.ts';
import type { LoadCounts } from '../model/load-result.ts';
import type { Trial } from '../model/trial.ts';

/** The errors of one side in one cell. */
export interface ErrorCount {
  readonly trials: TrialCounts;
  /** Requests without a right answer, and all that were due, of the trials that were not the machine's fault. */
  readonly errorCount: number;
  readonly scheduledCount: number;
  readonly perTrial: readonly number[];
}

export function errorCountOf(trials: readonly Trial[]): ErrorCount {
  const valid = lastAttempts(trials).filter(({ status }) => status !== 'invalid');
  const loads = valid.flatMap(({ measurement }) => measurement?.load?.counts ?? []);
  const perTrial = loads.map(errorsIn);
  return {
    trials: trialCounts(trials),
    errorCount: perTrial.reduce((sum, count) => sum + count, 0),
    scheduledCount: loads.reduce((sum, { scheduledCount }) => sum + scheduledCount, 0),
    perTrial,
  };
}

function errorsIn(counts: LoadCounts): number {
  return counts.wrongCount + counts.failedCount + counts.timedOutCount + counts.inFlightCount + counts.unsentCount;
}

export function trialCounts(trials: readonly Trial[]): TrialCounts {
  const last = lastAttempts(trials);
  const count = (status: Trial['status']) => last.filter((trial) => trial.status === status).length;
  return {
    okCount: count('ok'),
    overloadedCount: count('overloaded'),
    failedCount: count('failed'),
    invalidCount: count('invalid'),
  };
}

export function brokenCount({ overloadedCount, failedCount }: TrialCounts): number {
  return overloadedCount + failedCount;
}

export function errorSide({ trials, errorCount, perTrial }: ErrorCount): ComparedSide {
  return { values: perTrial, value: perTrial.length === 0 ? null : errorCount, trials };
}
