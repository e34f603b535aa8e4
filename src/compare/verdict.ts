import type { Change, Verdict } from '../model/comparison.ts';
import type { Metric } from '../model/metric.ts';
import { countForNarrowerInterval, type Interval, isEquivalent } from '../stats/interval.ts';
import { minRankSumP, minSignedRankP } from '../stats/rank-tests.ts';
import { intervalText, percentText, pText, signedPercent } from './text.ts';

/** What decides the verdict on a change. */
export interface Criteria {
  readonly better: Metric['better'];
  readonly minEffectRatio: number;
  readonly noiseFloorRatio: number;
  readonly alpha: number;
  /** Comparisons that share alpha; 1 where a metric is only shown. */
  readonly familyCount: number;
}

/** docs/explanation/verdicts.md explains the rule with examples. */
export function verdictOf(change: Change, criteria: Criteria): Verdict {
  const { ratio, interval } = change;
  if (ratio === null || interval === null || change.minP * criteria.familyCount > criteria.alpha) {
    return tooFewVerdict(change, criteria);
  }
  const loss = lossOf(ratio, interval, criteria);
  if (isShift(loss, change.pWorseAdjusted, criteria)) return shiftVerdict('worse', change, loss, criteria);
  if (isShift(negated(loss), change.pBetterAdjusted, criteria))
    return shiftVerdict('better', change, negated(loss), criteria);
  if (isEquivalent(widenedByFloor(loss, criteria), Math.log1p(criteria.minEffectRatio)))
    return sameVerdict(change, criteria);
  return inconclusiveVerdict(change, criteria);
}

/** The change on the scale of logarithms, turned so that greater is worse. */
interface Loss extends Interval {
  readonly estimate: number;
}

function lossOf(ratio: number, { lowRatio, highRatio }: NonNullable<Change['interval']>, { better }: Criteria): Loss {
  const loss = { estimate: Math.log1p(ratio), low: Math.log1p(lowRatio), high: Math.log1p(highRatio) };
  return better === 'lower' ? loss : negated(loss);
}

function negated({ estimate, low, high }: Loss): Loss {
  return { estimate: -estimate, low: -high, high: -low };
}

function widenedByFloor({ low, high }: Loss, { noiseFloorRatio }: Criteria): Interval {
  const floor = Math.log1p(noiseFloorRatio);
  return { low: low - floor, high: high + floor };
}

function isShift(
  { estimate, low }: Loss,
  pAdjusted: number,
  { minEffectRatio, noiseFloorRatio, alpha }: Criteria,
): boolean {
  const beyond = low > Math.log1p(noiseFloorRatio);
  return beyond && estimate >= Math.log1p(minEffectRatio) && pAdjusted <= alpha;
}

function shiftVerdict(kind: 'better' | 'worse', change: Change, loss: Loss, criteria: Criteria): Verdict {
  const { minEffectRatio, familyCount } = criteria;
  const p = kind === 'worse' ? change.pWorseAdjusted : change.pBetterAdjusted;
  const over = familyCount > 1 ? ` over ${familyCount}` : '';
  const reason = `the interval lies beyond ${beyondText(criteria)}, the estimate is at least ${percentText(minEffectRatio)}, p ${pText(p)}${over}`;
  return { kind, reason, rule: 'effect', minChangeRatio: Math.expm1(loss.low) };
}

function beyondText({ noiseFloorRatio }: Criteria): string {
  return noiseFloorRatio > 0 ? `this machine’s floor of ${percentText(noiseFloorRatio)}` : 'no change';
}

function sameVerdict({ interval }: Change, { minEffectRatio }: Criteria): Verdict {
  const where = interval === null ? '' : ` ${intervalText(interval)}`;
  return { kind: 'same', reason: `the whole interval${where} lies within ±${percentText(minEffectRatio)}` };
}

function inconclusiveVerdict(change: Change, criteria: Criteria): Verdict {
  const countToHalveInterval = countForNarrowerInterval(change.count, 2);
  const what = change.method === 'paired' ? 'pairs' : 'trials a side';
  const more = `an interval half as wide would take about ${countToHalveInterval} ${what} instead of ${change.count}`;
  return { kind: 'inconclusive', reason: `${inconclusiveReason(change, criteria)}; ${more}`, countToHalveInterval };
}

/** What stands in the way of a verdict. */
function inconclusiveReason(
  { ratio, interval, ...change }: Change,
  { minEffectRatio, noiseFloorRatio, ...criteria }: Criteria,
): string {
  const effect = percentText(minEffectRatio);
  const floor = Math.log1p(noiseFloorRatio);
  const away = interval !== null && (Math.log1p(interval.lowRatio) > floor || Math.log1p(interval.highRatio) < -floor);
  if (!away) return `the interval holds both no change and more than ${effect}`;
  if (Math.abs(Math.log1p(ratio ?? 0)) < Math.log1p(minEffectRatio)) {
    return `there is a change (${signedPercent(ratio ?? 0)}), but it may be under or over the ${effect} that matter`;
  }
  const p = Math.min(change.pWorseAdjusted, change.pBetterAdjusted);
  return `p ${pText(p)} is above ${criteria.alpha}${criteria.familyCount > 1 ? ` over ${criteria.familyCount}` : ''}`;
}

function tooFewVerdict({ method, count, minP, interval }: Change, { alpha, familyCount }: Criteria): Verdict {
  const minPOf = method === 'paired' ? minSignedRankP : (n: number) => minRankSumP(n, n);
  const lacksInterval = interval === null && minP * familyCount <= alpha;
  let minCount = lacksInterval ? count + 1 : 2;
  while (minPOf(minCount) * familyCount > alpha) minCount += 1;
  const what = method === 'paired' ? (count === 1 ? 'pair' : 'pairs') : 'trials a side';
  const family = familyCount > 1 ? ` over ${familyCount} comparisons` : '';
  return {
    kind: 'too-few',
    reason: lacksInterval
      ? `${count} ${what} have no interval of that level; ${minCount} may`
      : `${count} ${what} can never reach p ${alpha}${family}; ${minCount} can`,
    minCount,
  };
}
