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

/** How far an interval of so many pairs is expected to reach to each side, where single log ratios have the standard deviation `spread`. */
export function expectedHalfWidth(spread: number, pairCount: number, levelRatio: number): number {
  return (normalQuantile((1 + levelRatio) / 2) * spread) / Math.sqrt(rankEfficiency * pairCount);
}
