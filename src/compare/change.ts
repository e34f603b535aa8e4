import type { Change } from '../model/comparison.ts';
import { type Metric, metricValue } from '../model/metric.ts';
import { countedTrials, type OkTrial, type Trial } from '../model/trial.ts';
import { standardDeviation } from '../stats/descriptive.ts';
import type { Tails } from '../stats/exact-tests.ts';
import type { Estimate, Interval } from '../stats/interval.ts';
import {
  minRankSumP,
  minSignedRankP,
  rankSumEstimate,
  rankSumTails,
  signedRankEstimate,
  signedRankTails,
} from '../stats/rank-tests.ts';

export interface ChangeOptions {
  readonly better: Metric['better'];
  readonly levelRatio: number;
  /** The change that may be there though nothing changed. */
  readonly noiseFloorRatio: number;
}

/** How much head differs from base; null without a value on one side. Every value is above 0. */
export function changeOf(sample: MetricSample, options: ChangeOptions): Change | null {
  return sample.pairs === null ? twoSampleChange(sample, options) : pairedChange(sample.pairs, options);
}

/** Of each pair the log ratio, which is as far from 0 for a doubling as for a halving. */
function pairedChange(pairs: readonly Pair[], { better, levelRatio, noiseFloorRatio }: ChangeOptions): Change | null {
  const logs = pairs.map(({ base, head }) => Math.log(head / base));
  const estimate = signedRankEstimate(logs, levelRatio);
  if (estimate === null) return null;
  const floor = Math.log1p(noiseFloorRatio);
  const shifted = (shift: number) => signedRankTails(logs.map((log) => log - shift));
  return {
    ...estimateFields(estimate),
    method: 'paired',
    count: pairs.length,
    logRatioSd: standardDeviation(logs),
    minP: minSignedRankP(logs.length),
    ...oneSidedP(better, shifted(floor), shifted(-floor)),
  };
}

function twoSampleChange(sample: MetricSample, { better, levelRatio, noiseFloorRatio }: ChangeOptions): Change | null {
  const [base, head] = [sample.base.map(Math.log), sample.head.map(Math.log)];
  const estimate = rankSumEstimate(base, head, levelRatio);
  if (estimate === null) return null;
  const floor = Math.log1p(noiseFloorRatio);
  const shifted = (shift: number) =>
    rankSumTails(
      base,
      head.map((log) => log - shift),
    );
  return {
    ...estimateFields(estimate),
    method: 'two-sample',
    count: Math.min(base.length, head.length),
    logRatioSd: spreadOfDifference(base, head),
    minP: minRankSumP(base.length, head.length),
    ...oneSidedP(better, shifted(floor), shifted(-floor)),
  };
}

function estimateFields({ value, interval }: Estimate): Pick<Change, 'ratio' | 'interval'> {
  return { ratio: Math.expm1(value), interval: interval === null ? null : ratioInterval(interval) };
}

function ratioInterval({ low, high }: Interval): NonNullable<Change['interval']> {
  return { lowRatio: Math.expm1(low), highRatio: Math.expm1(high) };
}

/** `above`: tails of the change less the floor; `below`: of the change and the floor. Adjusting comes later. */
function oneSidedP(better: Metric['better'], above: Tails, below: Tails): PValues {
  const [greater, less] = [above.atLeast, below.atMost];
  const [pWorse, pBetter] = better === 'lower' ? [greater, less] : [less, greater];
  return { pWorse, pBetter, pWorseAdjusted: pWorse, pBetterAdjusted: pBetter };
}

type PValues = Pick<Change, 'pWorse' | 'pBetter' | 'pWorseAdjusted' | 'pBetterAdjusted'>;

function spreadOfDifference(base: readonly number[], head: readonly number[]): number | null {
  const [a, b] = [standardDeviation(base), standardDeviation(head)];
  return a === null || b === null ? null : Math.hypot(a, b);
}

/** The values of one metric in one cell of both sides. */
export interface MetricSample {
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** Of trials made next to each other; null: they were not, and the sides are compared as wholes. */
  readonly pairs: readonly Pair[] | null;
}

interface Pair {
  readonly base: number;
  readonly head: number;
}

export function metricSample(metric: Metric, base: readonly Trial[], head: readonly Trial[]): MetricSample {
  const pairs = pairedTrials(base, head);
  const known = pairs?.flatMap((pair) => measuredPair(metric, pair)) ?? null;
  // Without a pair both sides still show what they have: a metric that one of them lacks must not vanish.
  if (known === null || known.length === 0) {
    return { base: values(metric, base), head: values(metric, head), pairs: known };
  }
  return { base: known.map((pair) => pair.base), head: known.map((pair) => pair.head), pairs: known };
}

/** Without the pairs that have a value of 0, which has no ratio; whole where there are no pairs. */
export function withoutZeros(sample: MetricSample): MetricSample {
  const pairs = sample.pairs?.filter(({ base, head }) => base > 0 && head > 0) ?? [];
  if (pairs.length === 0) return sample;
  return { base: pairs.map(({ base }) => base), head: pairs.map(({ head }) => head), pairs };
}

function values(metric: Metric, trials: readonly Trial[]): number[] {
  return countedTrials(trials)
    .map((trial) => metricValue(metric, trial))
    .filter((value) => value !== null);
}

function measuredPair(metric: Metric, pair: TrialPair): Pair[] {
  const [base, head] = [metricValue(metric, pair.base), metricValue(metric, pair.head)];
  return base === null || head === null ? [] : [{ base, head }];
}

export interface TrialPair {
  readonly base: OkTrial;
  readonly head: OkTrial;
}

/**
 * The pairs of which both trials are ok, by number; of a pair that was repeated its last such attempt. Null when not every
 * trial was made in a pair of a session that both sides share: numbers of two sessions have nothing to do with each other.
 */
export function pairedTrials(base: readonly Trial[], head: readonly Trial[]): TrialPair[] | null {
  const sessions = [base, head].map((trials) => new Set(trials.map(({ spec }) => spec.pair?.sessionId ?? null)));
  const [ofBase, ofHead] = sessions;
  if (ofBase === undefined || ofHead === undefined || ofBase.size === 0 || ofBase.has(null)) return null;
  if (ofBase.size !== ofHead.size || [...ofBase].some((session) => !ofHead.has(session))) return null;
  const partners = new Map(base.filter((trial) => trial.status === 'ok').map((trial) => [pairAttemptId(trial), trial]));
  const pairs = new Map<string, TrialPair>();
  for (const trial of head.filter((one) => one.status === 'ok').sort(byAttempt)) {
    const partner = partners.get(pairAttemptId(trial));
    if (partner !== undefined) pairs.set(pairId(trial), { base: partner, head: trial });
  }
  return [...pairs.values()];
}

function byAttempt(a: Trial, b: Trial): number {
  return a.spec.attempt - b.spec.attempt;
}

function pairAttemptId(trial: Trial): string {
  return `${pairId(trial)} ${trial.spec.attempt}`;
}

function pairId({ spec }: Trial): string {
  return `${spec.pair?.sessionId} ${spec.pair?.number}`;
}
