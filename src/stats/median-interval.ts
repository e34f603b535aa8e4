import { fairCoins } from './binomial.ts';
import { type Estimate, orderInterval } from './interval.ts';
import { median, sortedAscending } from './quantile.ts';
import { cutCount } from './rank.ts';

/**
 * The median with the interval between two of the order statistics, for any distribution, of at least the level asked
 * (David and Nagaraja, Order Statistics, section 7.1); the interval is null below 6 values at 95 %. Null of nothing.
 */
export function medianEstimate(values: readonly number[], levelRatio: number): Estimate | null {
  const value = median(values);
  if (value === null) return null;
  return { value, interval: orderInterval(sortedAscending(values), cutCount(fairCoins(values.length), levelRatio)) };
}
