import { normalQuantile, studentQuantile } from '../stats/distributions.ts';
import { expectedHalfWidth } from '../stats/interval.ts';

/** What decides how many pairs are enough. */
export interface Precision {
  readonly minEffectRatio: number;
  readonly alpha: number;
  /** Gated comparisons that share alpha. */
  readonly familyCount: number;
}

const intervalLevelRatio = 0.95;
const usuallyFoundRatio = 0.95;
/** In two sets of pairs, the second confirming the first: both times in 95 of 100 cases. */
const foundTwiceRatio = Math.sqrt(0.95);
const usualCounts = [12, 16, 20, 24, 28, 32, 36];
const maxPairCount = 40;

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
    Math.log1p(precision.minEffectRatio),
    studentQuantile(1 - tail, pairCount - 1) * standardError,
  );
  return Math.expm1(least + normalQuantile(foundRatio) * standardError);
}

/**
 * As few pairs as find a rise of twice the smallest effect, and find it again, in 95 of 100 cases at this spread; at most 40, which
 * then resolve only what `detectableRatio` says. No spread known: 12.
 */
export function usualPairCount(spread: number | null, precision: Precision): number {
  const wanted = 2 * precision.minEffectRatio;
  const isEnough = (count: number) => detectableRatio(spread ?? 0, count, precision, foundTwiceRatio) <= wanted;
  return usualCounts.find(isEnough) ?? maxPairCount;
}

/** What a time budget has to be shared by. */
interface PairCosts {
  readonly budgetMs: number;
  /** The scenario's window. */
  readonly measureMs: number;
  /** Wall time of one pair with a window of that length. */
  pairMs(measureMs: number): number;
}

interface FittedPairs {
  readonly pairCount: number;
  readonly measureMs: number;
}

/** By fewer nothing can be decided over five gated metrics: 2⁻⁷ is the first below 0.05 / 5. */
export const minPairCount = 7;
const preferredPairCount = 12;
const maxBudgetPairCount = 40;
/** A shorter window measures its own edges. */
const windowFractions = [1, 0.75, 0.5];

/** As many pairs as fit, with windows shortened (to half at least) only where the usual number would not; null: too few fit. */
export function fittedPairs({ budgetMs, measureMs, pairMs }: PairCosts): FittedPairs | null {
  const wishes = windowFractions.map((part) => {
    const window = Math.round(measureMs * part);
    return { measureMs: window, pairCount: Math.min(maxBudgetPairCount, Math.floor(budgetMs / pairMs(window))) };
  });
  const chosen = wishes.find(({ pairCount }) => pairCount >= preferredPairCount) ?? wishes.at(-1);
  return chosen === undefined || chosen.pairCount < minPairCount ? null : chosen;
}
