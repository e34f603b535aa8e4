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

/**
 * The least worsening that `pairCount` pairs find in nine of ten cases or more, where single log pair ratios have the standard
 * deviation `spread`: by then the estimate must reach the smallest effect and p, at Holm's first step, must be small enough.
 * An approximation, made for 95 in 100: where both conditions bind it is 90. `npm run coverage` simulates the rule itself.
 */
export function detectableRatio(spread: number, pairCount: number, precision: Precision): number {
  const standardError =
    expectedHalfWidth(spread, pairCount, intervalLevelRatio) / normalQuantile((1 + intervalLevelRatio) / 2);
  const tail = Math.min((1 - intervalLevelRatio) / 2, precision.alpha / precision.familyCount);
  const least = Math.max(
    Math.log1p(precision.smallestEffectRatio),
    studentQuantile(1 - tail, pairCount - 1) * standardError,
  );
  return Math.expm1(least + normalQuantile(0.95) * standardError);
}

/** Pairs by measured spread (method, section 6.5): up to 2.8 % 12, else 20, which then resolves only what `detectableRatio` says. */
export function usualPairCount(spread: number): number {
  return spread <= 0.028 ? 12 : 20;
}
