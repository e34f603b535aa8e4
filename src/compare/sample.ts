import { countedTrials } from '../model/counted-trials.ts';
import { type Metric, metricValue } from '../model/metric.ts';
import type { OkTrial, Trial } from '../model/trial.ts';

/** The values of one metric in one cell of both sides. */
export interface Sample {
  readonly base: readonly number[];
  readonly head: readonly number[];
  /** Of trials made next to each other; null: they were not, and the sides are compared as wholes. */
  readonly pairs: readonly Pair[] | null;
}

export interface Pair {
  readonly base: number;
  readonly head: number;
}

export function sampleOf(metric: Metric, base: readonly Trial[], head: readonly Trial[]): Sample {
  const pairs = pairedTrials(base, head);
  const known = pairs?.flatMap((pair) => knownPair(metric, pair)) ?? null;
  // Without a pair both sides still show what they have: a metric that one of them lacks must not vanish.
  if (known === null || known.length === 0) {
    return { base: values(metric, base), head: values(metric, head), pairs: known };
  }
  return { base: known.map((pair) => pair.base), head: known.map((pair) => pair.head), pairs: known };
}

/** Without the pairs that have a value of 0, which has no ratio; whole where there are no pairs. */
export function withoutZeros(sample: Sample): Sample {
  const pairs = sample.pairs?.filter(({ base, head }) => base > 0 && head > 0) ?? [];
  if (pairs.length === 0) return sample;
  return { base: pairs.map(({ base }) => base), head: pairs.map(({ head }) => head), pairs };
}

function values(metric: Metric, trials: readonly Trial[]): number[] {
  return countedTrials(trials)
    .map((trial) => metricValue(metric, trial))
    .filter((value) => value !== null);
}

function knownPair(metric: Metric, pair: TrialPair): Pair[] {
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
  const partners = new Map(base.filter((trial) => trial.status === 'ok').map((trial) => [pairKey(trial), trial]));
  const pairs = new Map<string, TrialPair>();
  for (const trial of head.filter((one) => one.status === 'ok').sort(byAttempt)) {
    const partner = partners.get(pairKey(trial));
    if (partner !== undefined) pairs.set(pairName(trial), { base: partner, head: trial });
  }
  return [...pairs.values()];
}

function byAttempt(a: Trial, b: Trial): number {
  return a.spec.attempt - b.spec.attempt;
}

function pairKey(trial: Trial): string {
  return `${pairName(trial)} ${trial.spec.attempt}`;
}

function pairName({ spec }: Trial): string {
  return `${spec.pair?.sessionId} ${spec.pair?.number}`;
}
