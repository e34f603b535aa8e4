import { binomialAtMost } from './binomial-sum.ts';
import { quantile, sortedAscending } from './quantile.ts';

export interface QuantileInterval {
  readonly estimate: number;
  /** null: too few values to bound it on this side. */
  readonly lower: number | null;
  readonly upper: number | null;
}

const tailRatio = 0.025;

/**
 * A quantile with its 95 % interval from order statistics, for any distribution: the number of values below the true quantile is
 * binomial (David and Nagaraja, Order Statistics, section 7.1). Null when there is no value.
 */
export function quantileInterval(values: readonly number[], probabilityRatio: number): QuantileInterval | null {
  const estimate = quantile(values, probabilityRatio);
  if (estimate === null) return null;
  const sorted = sortedAscending(values);
  const atMost = (k: number) => binomialAtMost(k, sorted.length, probabilityRatio);
  let below = 0;
  while (below < sorted.length && atMost(below) <= tailRatio) below += 1;
  let above = below;
  while (above <= sorted.length && atMost(above) < 1 - tailRatio) above += 1;
  return {
    estimate,
    lower: below === 0 ? null : (sorted[below - 1] ?? null),
    upper: probabilityRatio >= 1 ? null : (sorted[above] ?? null),
  };
}
