import type { Change } from '../model/comparison.ts';
import type { Metric } from '../model/metric.ts';
import type { Estimate, Interval } from '../stats/interval.ts';
import type { Tails } from '../stats/rank.ts';
import { leastRankSumP, rankSumEstimate, rankSumTails } from '../stats/rank-sum.ts';
import { leastSignedRankP, signedRankEstimate, signedRankTails } from '../stats/signed-rank.ts';
import { standardDeviation } from '../stats/spread.ts';
import type { Pair, Sample } from './sample.ts';

export interface ChangeOptions {
  readonly better: Metric['better'];
  readonly levelRatio: number;
  /** The change that may be there though nothing changed. */
  readonly floorRatio: number;
}

/** How much head differs from base; null without a value on one side. Every value is above 0. */
export function changeOf(sample: Sample, options: ChangeOptions): Change | null {
  return sample.pairs === null ? twoSampleChange(sample, options) : pairedChange(sample.pairs, options);
}

/** Of each pair the log ratio, which is as far from 0 for a doubling as for a halving. */
function pairedChange(pairs: readonly Pair[], { better, levelRatio, floorRatio }: ChangeOptions): Change | null {
  const logs = pairs.map(({ base, head }) => Math.log(head / base));
  const estimate = signedRankEstimate(logs, levelRatio);
  if (estimate === null) return null;
  const floor = Math.log1p(floorRatio);
  const shifted = (shift: number) => signedRankTails(logs.map((log) => log - shift));
  return {
    ...described(estimate),
    method: 'paired',
    count: pairs.length,
    spread: standardDeviation(logs),
    leastP: leastSignedRankP(logs.length),
    ...oneSided(better, shifted(floor), shifted(-floor)),
  };
}

function twoSampleChange(sample: Sample, { better, levelRatio, floorRatio }: ChangeOptions): Change | null {
  const [base, head] = [sample.base.map(Math.log), sample.head.map(Math.log)];
  const estimate = rankSumEstimate(base, head, levelRatio);
  if (estimate === null) return null;
  const floor = Math.log1p(floorRatio);
  const shifted = (shift: number) =>
    rankSumTails(
      base,
      head.map((log) => log - shift),
    );
  return {
    ...described(estimate),
    method: 'two-sample',
    count: Math.min(base.length, head.length),
    spread: spreadOfDifference(base, head),
    leastP: leastRankSumP(base.length, head.length),
    ...oneSided(better, shifted(floor), shifted(-floor)),
  };
}

function described({ value, interval }: Estimate): Pick<Change, 'ratio' | 'interval'> {
  return { ratio: Math.expm1(value), interval: interval === null ? null : ratioInterval(interval) };
}

function ratioInterval({ low, high }: Interval): NonNullable<Change['interval']> {
  return { lowRatio: Math.expm1(low), highRatio: Math.expm1(high) };
}

/** `above`: tails of the change less the floor; `below`: of the change and the floor. Adjusting comes later. */
function oneSided(better: Metric['better'], above: Tails, below: Tails): Probabilities {
  const [greater, less] = [above.atLeast, below.atMost];
  const [pWorse, pBetter] = better === 'lower' ? [greater, less] : [less, greater];
  return { pWorse, pBetter, pWorseAdjusted: pWorse, pBetterAdjusted: pBetter };
}

type Probabilities = Pick<Change, 'pWorse' | 'pBetter' | 'pWorseAdjusted' | 'pBetterAdjusted'>;

function spreadOfDifference(base: readonly number[], head: readonly number[]): number | null {
  const [a, b] = [standardDeviation(base), standardDeviation(head)];
  return a === null || b === null ? null : Math.hypot(a, b);
}
