import type { Change, ComparedSide, TrialCounts, Verdict } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import type { LoadCounts } from '../model/load-result.ts';
import { finalAttempts, type Trial } from '../model/trial.ts';
import { fisherAtLeast } from '../stats/exact-tests.ts';
import { countOf, pText } from './text.ts';

type ErrorPolicy = GatePolicy['errors'];

/** Counts in place of a ratio: how likely so many more errors on one side are by chance. */
export function errorChange(base: ErrorCount, head: ErrorCount): Change {
  const pWorse = requestP(base, head);
  const pBetter = requestP(head, base);
  return {
    method: 'counts',
    ratio: null,
    interval: null,
    count: Math.min(base.perTrial.length, head.perTrial.length),
    logRatioSd: null,
    minP: 0,
    pWorse,
    pBetter,
    pWorseAdjusted: pWorse,
    pBetterAdjusted: pBetter,
  };
}

function requestP(fewer: ErrorCount, more: ErrorCount): number {
  return fisherAtLeast(
    { errorCount: fewer.errorCount, totalCount: fewer.scheduledCount },
    { errorCount: more.errorCount, totalCount: more.scheduledCount },
  );
}

/** Head is worse by the trials it did not hold, else by its requests without a right answer; better the same way round. */
export function errorVerdict(base: ErrorCount, head: ErrorCount, policy: ErrorPolicy): Verdict {
  const worse = moreUnsustained(base, head, policy) ?? moreErrors(base, head, policy);
  if (worse !== null) return { kind: 'worse', rule: 'errors', minChangeRatio: null, reason: worse };
  const better = moreUnsustained(head, base, policy) ?? moreErrors(head, base, policy);
  if (better !== null)
    return { kind: 'better', rule: 'errors', minChangeRatio: null, reason: `base had more: ${better}` };
  return undecidedVerdict(base, head, policy);
}

/** Trials that were overloaded or failed: at least so many more, and not by chance or without one that held. */
function moreUnsustained(base: ErrorCount, head: ErrorCount, { minMoreCount, alpha }: ErrorPolicy): string | null {
  const [before, after] = [unsustainedCount(base.trials), unsustainedCount(head.trials)];
  if (after - before < minMoreCount || base.trials.okCount === 0) return null;
  const text = `${unsustainedText(head)}, base ${unsustainedText(base)}`;
  if (head.trials.okCount === 0 && before === 0) return `no trial held the rate: ${text}`;
  const p = fisherAtLeast(trialTable(base), trialTable(head));
  return p < alpha ? `${text}, p ${pText(p)}` : null;
}

function trialTable({ trials }: ErrorCount): { errorCount: number; totalCount: number } {
  const errorCount = unsustainedCount(trials);
  return { errorCount, totalCount: errorCount + trials.okCount };
}

function unsustainedText({ trials: { okCount, overloadedCount, failedCount } }: ErrorCount): string {
  const broken = [
    ...(overloadedCount > 0 ? [`${overloadedCount} overloaded`] : []),
    ...(failedCount > 0 ? [`${failedCount} failed`] : []),
  ];
  const of = countOf(okCount + overloadedCount + failedCount, 'trial');
  return `${broken.length === 0 ? 'none' : broken.join(' and ')} of ${of}`;
}

function moreErrors(base: ErrorCount, head: ErrorCount, { minMoreCount, alpha }: ErrorPolicy): string | null {
  const more = head.errorCount - base.errorCount;
  const p = requestP(base, head);
  if (more < minMoreCount || base.scheduledCount === 0 || p >= alpha) return null;
  return `${countText(head)}, base ${countText(base)}, p ${pText(p)}`;
}

function countText({ errorCount, scheduledCount }: ErrorCount): string {
  return `${errorCount.toLocaleString('en-US')} of ${countOf(scheduledCount, 'request')}`;
}

function undecidedVerdict(base: ErrorCount, head: ErrorCount, { minMoreCount }: ErrorPolicy): Verdict {
  const counts = `head ${countText(head)} and ${unsustainedText(head)}, base ${countText(base)} and ${unsustainedText(base)}`;
  const [valid, validBefore] = [head, base].map(({ trials }) => trials.okCount + unsustainedCount(trials));
  if (valid === 0 || validBefore === 0) {
    const side = valid === 0 ? 'head' : 'base';
    return { kind: 'too-few', reason: `every trial of ${side} was the machine’s fault`, minCount: 1 };
  }
  const differs =
    head.errorCount !== base.errorCount || unsustainedCount(head.trials) !== unsustainedCount(base.trials);
  if (!differs) return { kind: 'same', reason: `as many errors: ${counts}` };
  if ((head.trials.okCount === 0) !== (base.trials.okCount === 0)) {
    return {
      kind: 'too-few',
      reason: `${minMoreCount} such trials are needed: ${counts}`,
      minCount: minMoreCount,
    };
  }
  return { kind: 'inconclusive', reason: `too few more to exclude chance: ${counts}`, countToHalveInterval: null };
}

/** The errors of one side in one cell. */
interface ErrorCount {
  readonly trials: TrialCounts;
  /** Requests without a right answer, and all that were due, of the trials that were not the machine's fault. */
  readonly errorCount: number;
  readonly scheduledCount: number;
  readonly perTrial: readonly number[];
}

export function errorCountOf(trials: readonly Trial[]): ErrorCount {
  const valid = finalAttempts(trials).filter(({ status }) => status !== 'invalid');
  const loads = valid.flatMap(({ measurement }) => measurement?.load?.counts ?? []);
  const perTrial = loads.map(incorrectnessCount);
  return {
    trials: trialCounts(trials),
    errorCount: perTrial.reduce((sum, count) => sum + count, 0),
    scheduledCount: loads.reduce((sum, { scheduledCount }) => sum + scheduledCount, 0),
    perTrial,
  };
}

function incorrectnessCount(counts: LoadCounts): number {
  return counts.wrongCount + counts.failedCount + counts.timedOutCount + counts.inFlightCount + counts.unsentCount;
}

export function trialCounts(trials: readonly Trial[]): TrialCounts {
  const last = finalAttempts(trials);
  const count = (status: Trial['status']) => last.filter((trial) => trial.status === status).length;
  return {
    okCount: count('ok'),
    overloadedCount: count('overloaded'),
    failedCount: count('failed'),
    invalidCount: count('invalid'),
  };
}

function unsustainedCount({ overloadedCount, failedCount }: TrialCounts): number {
  return overloadedCount + failedCount;
}

export function errorComparedSide({ trials, errorCount, perTrial }: ErrorCount): ComparedSide {
  return { values: perTrial, value: perTrial.length === 0 ? null : errorCount, trials };
}
