import type { Interval } from './interval.ts';

/** Whether the whole interval lies within ±delta: as good as no change (Schuirmann 1987, two one-sided tests). */
export function isEquivalent({ low, high }: Interval, delta: number): boolean {
  return low > -delta && high < delta;
}

/** How many repetitions make an interval `factor` times as narrow: its width falls with the square root of their number. */
export function countForNarrower(count: number, factor: number): number {
  return Math.ceil(count * factor ** 2);
}
