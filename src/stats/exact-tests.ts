import { fairCoinProbabilities, logChoose } from './distributions.ts';

/**
 * Twice the rank of each value among all, ties sharing the mean of their ranks: whole numbers, so that sums of ranks can
 * index a table. In the order given.
 */
export function doubledRanks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  let first = 0;
  while (first < order.length) {
    let last = first;
    while (last + 1 < order.length && order[last + 1]?.value === order[first]?.value) last += 1;
    for (const { index } of order.slice(first, last + 1)) ranks[index] = first + 1 + last + 1;
    first = last + 1;
  }
  return ranks;
}

/** Σ (t³ − t) over the groups of equal values: what ties take from the variance of a rank statistic. */
export function tieTerm(values: readonly number[]): number {
  return [...Map.groupBy(values, (value) => value).values()].reduce((sum, { length: t }) => sum + t ** 3 - t, 0);
}

/** One-sided probabilities of a statistic. Each contains what was seen, so that they add up to more than 1. */
export interface Tails {
  readonly atMost: number;
  readonly atLeast: number;
}

/** The tails at `observed` of a distribution over 0, 1, 2, …. */
export function tailProbabilities(probabilities: Float64Array, observed: number): Tails {
  let below = 0;
  let above = 0;
  for (let value = 0; value < probabilities.length; value += 1) {
    if (value <= observed) below += probabilities[value] ?? 0;
    if (value >= observed) above += probabilities[value] ?? 0;
  }
  return { atMost: Math.min(1, below), atLeast: Math.min(1, above) };
}

/**
 * How many of the lowest (and of the highest) order statistics lie outside an interval of at least `levelRatio`:
 * the largest k with P(statistic ≤ k − 1) ≤ (1 − level) / 2. 0: not even all of them make such an interval.
 */
export function excludedOrderCount(probabilities: Float64Array, levelRatio: number): number {
  const allowed = (1 - levelRatio) / 2;
  let below = 0;
  for (let value = 0; value < probabilities.length; value += 1) {
    below += probabilities[value] ?? 0;
    // A level such as 1 − 2 × 2⁻⁶ must not be lost to rounding.
    if (below > allowed * (1 + 1e-12)) return value;
  }
  return 0;
}

/**
 * The sign test: the tails of the number of positive differences when each sign is as likely as the other. Zeros are left
 * out (Hollander, Wolfe and Chicken 2014, section 3.4).
 */
export function signTails(differences: readonly number[]): Tails {
  const moved = differences.filter((difference) => difference !== 0);
  return tailProbabilities(fairCoinProbabilities(moved.length), moved.filter((difference) => difference > 0).length);
}

/**
 * P(at least `headCount` of all errors fall on head) when each of the requests is as likely as any other to be one: the
 * one-sided exact test of Fisher (1935), hypergeometric. Counts are whole and no error count exceeds its total; 1 without errors.
 */
export function fisherAtLeast(
  base: { readonly errorCount: number; readonly totalCount: number },
  head: { readonly errorCount: number; readonly totalCount: number },
): number {
  const all = base.totalCount + head.totalCount;
  const errors = base.errorCount + head.errorCount;
  const most = Math.min(errors, head.totalCount);
  let sum = 0;
  for (let k = head.errorCount; k <= most; k += 1) {
    sum += Math.exp(logChoose(head.totalCount, k) + logChoose(base.totalCount, errors - k) - logChoose(all, errors));
  }
  return Math.min(1, sum);
}

/**
 * p values adjusted for being several (Holm 1979, "A simple sequentially rejective multiple test procedure"): whoever calls
 * those at most alpha significant is wrong anywhere with a chance of at most alpha. In the order given.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let runningMax = 0;
  for (const [position, { p, index }] of order.entries()) {
    runningMax = Math.max(runningMax, Math.min(1, p * (pValues.length - position)));
    adjusted[index] = runningMax;
  }
  return adjusted;
}
