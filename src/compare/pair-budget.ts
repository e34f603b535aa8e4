/** What a time budget has to be shared by. */
export interface PairCosts {
  readonly budgetMs: number;
  /** The scenario's window. */
  readonly measureMs: number;
  /** Wall time of one pair with a window of that length. */
  pairMs(measureMs: number): number;
}

export interface FittedPairs {
  readonly pairCount: number;
  readonly measureMs: number;
}

/** By fewer nothing can be decided over five gated metrics: 2⁻⁷ is the first below 0.05 / 5. */
export const leastPairCount = 7;
const usualCount = 12;
const mostCount = 40;
/** A shorter window measures its own edges. */
const windowParts = [1, 0.75, 0.5];

/** As many pairs as fit, with windows shortened (to half at least) only where the usual number would not; null: too few fit. */
export function fittedPairs({ budgetMs, measureMs, pairMs }: PairCosts): FittedPairs | null {
  const wishes = windowParts.map((part) => {
    const window = Math.round(measureMs * part);
    return { measureMs: window, pairCount: Math.min(mostCount, Math.floor(budgetMs / pairMs(window))) };
  });
  const chosen = wishes.find(({ pairCount }) => pairCount >= usualCount) ?? wishes.at(-1);
  return chosen === undefined || chosen.pairCount < leastPairCount ? null : chosen;
}
