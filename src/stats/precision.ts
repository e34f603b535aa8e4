import type { Interval } from './interval.ts';
import { normalQuantile } from './student.ts';

/** Whether the whole interval lies within ±delta: as good as no change (Schuirmann 1987, two one-sided tests). */
export function isEquivalent({ low, high }: Interval, delta: number): boolean {
  return low > -delta && high < delta;
}

/** How many repetitions make an interval `factor` times as narrow: its width falls with the square root of their number. */
export function countForNarrower(count: number, factor: number): number {
  return Math.ceil(count * factor ** 2);
}

/** What the signed-rank interval needs more than Student's where differences are normal (Hodges and Lehmann 1956). */
const rankEfficiency = 3 / Math.PI;

/**
 * The least number of pairs whose interval is expected to reach no farther than `halfWidth` from its estimate, where single
 * log ratios have the standard deviation `spread`; at least 6, which an interval of 95 % needs.
 */
export function pairsNeeded(spread: number, halfWidth: number, levelRatio: number): number {
  const z = normalQuantile((1 + levelRatio) / 2);
  const least = Math.ceil(1 - Math.log2(1 - levelRatio));
  return Math.max(least, Math.ceil((z * spread) ** 2 / (rankEfficiency * halfWidth ** 2)));
}

/** How far an interval of so many pairs is expected to reach to each side: the turned-over `pairsNeeded`. */
export function expectedHalfWidth(spread: number, pairCount: number, levelRatio: number): number {
  return (normalQuantile((1 + levelRatio) / 2) * spread) / Math.sqrt(rankEfficiency * pairCount);
}
