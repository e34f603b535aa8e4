import { median, quantile, sortedAscending } from './descriptive.ts';
import { binomialAtMost, fairCoinProbabilities, normalQuantile } from './distributions.ts';
import { excludedOrderCount } from './exact-tests.ts';

/** An estimate with the interval around it; null where so few values carry none of the level asked. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The k-th lowest and the k-th highest of sorted values; null for k = 0. */
export function orderInterval(sorted: readonly number[], k: number): Interval | null {
  const low = sorted[k - 1];
  const high = sorted[sorted.length - k];
  return low === undefined || high === undefined ? null : { low, high };
}

/**
 * The median with the interval between two of the order statistics, for any distribution, of at least the level asked
 * (David and Nagaraja, Order Statistics, section 7.1); the interval is null below 6 values at 95 %. Null of nothing.
 */
export function medianEstimate(values: readonly number[], levelRatio: number): Estimate | null {
  const value = median(values);
  if (value === null) return null;
  return {
    value,
    interval: orderInterval(
      sortedAscending(values),
      excludedOrderCount(fairCoinProbabilities(values.length), levelRatio),
    ),
  };
}

export interface QuantileInterval {
  readonly estimate: number;
  /** null: too few values to bound it on this side. */
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * A quantile with its interval (95 % unless another level is asked) from order statistics, for any distribution: the number of values below the true quantile is
 * binomial (David and Nagaraja, Order Statistics, section 7.1). Null when there is no value.
 */
export function quantileInterval(
  values: readonly number[],
  probabilityRatio: number,
  levelRatio = 0.95,
): QuantileInterval | null {
  const tailProbability = (1 - levelRatio) / 2;
  const estimate = quantile(values, probabilityRatio);
  if (estimate === null) return null;
  const sorted = sortedAscending(values);
  const atMost = (k: number) => binomialAtMost(k, sorted.length, probabilityRatio);
  let below = 0;
  while (below < sorted.length && atMost(below) <= tailProbability) below += 1;
  let above = below;
  while (above <= sorted.length && atMost(above) < 1 - tailProbability) above += 1;
  return {
    estimate,
    lower: below === 0 ? null : (sorted[below - 1] ?? null),
    upper: probabilityRatio >= 1 ? null : (sorted[above] ?? null),
  };
}

/** Whether the whole interval lies within ±delta: as good as no change (Schuirmann 1987, two one-sided tests). */
export function isEquivalent({ low, high }: Interval, delta: number): boolean {
  return low > -delta && high < delta;
}

/** How many repetitions make an interval `factor` times as narrow: its width falls with the square root of their number. */
export function countForNarrowerInterval(count: number, factor: number): number {
  return Math.ceil(count * factor ** 2);
}

/** What the signed-rank interval needs more than Student's where differences are normal (Hodges and Lehmann 1956). */
const rankEfficiency = 3 / Math.PI;

/** How far an interval of so many pairs is expected to reach to each side, where single log ratios have the standard deviation `spread`. */
export function expectedHalfWidth(spread: number, pairCount: number, levelRatio: number): number {
  return (normalQuantile((1 + levelRatio) / 2) * spread) / Math.sqrt(rankEfficiency * pairCount);
}
