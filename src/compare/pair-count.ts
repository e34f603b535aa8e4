import { expectedHalfWidth } from '../stats/precision.ts';
import { normalQuantile, studentQuantile } from '../stats/student.ts';

/** By what a number of pairs is judged beforehand. */
export interface Precision {
  readonly smallestEffectRatio: number;
  readonly alpha: number;
  /** Gated comparisons that share alpha. */
  readonly familyCount: number;
}

const intervalLevelRatio = 0.95;
const usuallyFoundRatio = 0.95;
/** In two sets of pairs, the second confirming the first: both times in 95 of 100 cases. */
const foundTwiceRatio = Math.sqrt(0.95);
const usualCounts = [12, 16, 20, 24, 28, 32, 36];
const mostCount = 40;

/**
 * The least worsening that `pairCount` pairs find in nine of ten cases or more, where single log pair ratios have the standard
 * deviation `spread`: by then the estimate must reach the smallest effect and p, at Holm's first step, must be small enough.
 * An approximation, made for 95 in 100: where both conditions bind it is 90. `npm run coverage` simulates the rule itself.
 */
export function detectableRatio(
  spread: number,
  pairCount: number,
  precision: Precision,
  foundRatio = usuallyFoundRatio,
): number {
  const standardError =
    expectedHalfWidth(spread, pairCount, intervalLevelRatio) / normalQuantile((1 + intervalLevelRatio) / 2);
  const tail = Math.min((1 - intervalLevelRatio) / 2, precision.alpha / precision.familyCount);
  const least = Math.max(
    Math.log1p(precision.smallestEffectRatio),
    studentQuantile(1 - tail, pairCount - 1) * standardError,
  );
  return Math.expm1(least + normalQuantile(foundRatio) * standardError);
}

/**
 * As few pairs as find a rise of twice the smallest effect, and find it again, in 95 of 100 cases at this spread; at most 40, which
 * then resolve only what `detectableRatio` says. No spread known: 12.
 */
export function usualPairCount(spread: number | null, precision: Precision): number {
  const wanted = 2 * precision.smallestEffectRatio;
  const isEnough = (count: number) => detectableRatio(spread ?? 0, count, precision, foundTwiceRatio) <= wanted;
  return usualCounts.find(isEnough) ?? mostCount;
}
