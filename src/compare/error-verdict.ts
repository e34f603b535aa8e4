import type { Change, Verdict } from '../model/comparison.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import { fisherAtLeast } from '../stats/fisher.ts';
import { brokenCount, type ErrorCount } from './error-count.ts';
import { countOf, pText } from './words.ts';

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
    spread: null,
    leastP: 0,
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
  const worse = moreBroken(base, head, policy) ?? moreErrors(base, head, policy);
  if (worse !== null) return { kind: 'worse', rule: 'errors', certainlyRatio: null, reason: worse };
  const better = moreBroken(head, base, policy) ?? moreErrors(head, base, policy);
  if (better !== null)
    return { kind: 'better', rule: 'errors', certainlyRatio: null, reason: `base had more: ${better}` };
  return undecided(base, head, policy);
}

/** Trials that were overloaded or failed: at least so many more, and not by chance or without one that held. */
function moreBroken(base: ErrorCount, head: ErrorCount, { leastMoreCount, alpha }: ErrorPolicy): string | null {
  const [before, after] = [brokenCount(base.trials), brokenCount(head.trials)];
  if (after - before < leastMoreCount || base.trials.okCount === 0) return null;
  const text = `${brokenText(head)}, base ${brokenText(base)}`;
  if (head.trials.okCount === 0 && before === 0) return `no trial held the rate: ${text}`;
  const p = fisherAtLeast(trialTable(base), trialTable(head));
  return p < alpha ? `${text}, p ${pText(p)}` : null;
}

function trialTable({ trials }: ErrorCount): { errorCount: number; totalCount: number } {
  const errorCount = brokenCount(trials);
  return { errorCount, totalCount: errorCount + trials.okCount };
}

function brokenText({ trials: { okCount, overloadedCount, failedCount } }: ErrorCount): string {
  const broken = [
    ...(overloadedCount > 0 ? [`${overloadedCount} overloaded`] : []),
    ...(failedCount > 0 ? [`${failedCount} failed`] : []),
  ];
  const of = countOf(okCount + overloadedCount + failedCount, 'trial');
  return `${broken.length === 0 ? 'none' : broken.join(' and ')} of ${of}`;
}

function moreErrors(base: ErrorCount, head: ErrorCount, { leastMoreCount, alpha }: ErrorPolicy): string | null {
  const more = head.errorCount - base.errorCount;
  const p = requestP(base, head);
  if (more < leastMoreCount || base.scheduledCount === 0 || p >= alpha) return null;
  return `${countText(head)}, base ${countText(base)}, p ${pText(p)}`;
}

function countText({ errorCount, scheduledCount }: ErrorCount): string {
  return `${errorCount.toLocaleString('en-US')} of ${countOf(scheduledCount, 'request')}`;
}

function undecided(base: ErrorCount, head: ErrorCount, { leastMoreCount }: ErrorPolicy): Verdict {
  const counts = `head ${countText(head)} and ${brokenText(head)}, base ${countText(base)} and ${brokenText(base)}`;
  const [valid, validBefore] = [head, base].map(({ trials }) => trials.okCount + brokenCount(trials));
  if (valid === 0 || validBefore === 0) {
    const side = valid === 0 ? 'head' : 'base';
    return { kind: 'too-few', reason: `every trial of ${side} was the machine’s fault`, leastCount: 1 };
  }
  const differs = head.errorCount !== base.errorCount || brokenCount(head.trials) !== brokenCount(base.trials);
  if (!differs) return { kind: 'same', reason: `as many errors: ${counts}` };
  if ((head.trials.okCount === 0) !== (base.trials.okCount === 0)) {
    return {
      kind: 'too-few',
      reason: `${leastMoreCount} such trials are needed: ${counts}`,
      leastCount: leastMoreCount,
    };
  }
  return { kind: 'inconclusive', reason: `too few more to tell from chance: ${counts}`, halvingCount: null };
}
