import type { NoiseFloors } from '../compare/noise-floor.ts';
import { fittedPairs, minPairCount, type Precision, usualPairCount } from '../compare/pair-count.ts';
import { durationText } from '../compare/text.ts';
import type { GatePolicy } from '../model/gate-policy.ts';
import { HarnessError } from '../model/harness-error.ts';
import { trialMs } from '../run/plan.ts';
import type { TwoCommits } from './two-commits.ts';

export interface PairChoice {
  readonly pairCount: number;
  /** null: as the scenario says. */
  readonly measureMs: number | null;
}

/** How many pairs are made: as asked, as many as the budget holds, or as the known noise of this machine wants. */
export function choosePairCount(
  { pairCount, timeBudgetMs }: { readonly pairCount: number | null; readonly timeBudgetMs: number | null },
  commits: TwoCommits,
  { aa, policy }: { readonly aa: NoiseFloors; readonly policy: GatePolicy },
  spentMs: number,
): PairChoice {
  if (pairCount !== null) return { pairCount, measureMs: null };
  const ids = measuredIds(commits);
  if (timeBudgetMs === null || ids.length === 0) {
    return { pairCount: usualPairCount(maxKnownSpread(commits, aa), cpuPrecision(commits, policy)), measureMs: null };
  }
  const { measureMs } = commits;
  const pairMs = (windowMs: number) => pairMsOf(commits, windowMs);
  const fitted = fittedPairs({ budgetMs: timeBudgetMs - spentMs, measureMs, pairMs });
  if (fitted !== null) return fitted;
  const maxPairCount = Math.max(0, Math.floor((timeBudgetMs - spentMs) / pairMs(measureMs / 2)));
  throw new HarnessError(
    'usage',
    `--time-budget ${durationText(timeBudgetMs)} leaves room for ${maxPairCount} pairs of ${ids.join(', ')}, and ${minPairCount} are the least that can decide anything`,
    'give more time, or ask for fewer implementations with --impl',
  );
}

/** Of what both sides have: the rest has no pairs. */
export function measuredIds({ specs }: TwoCommits): string[] {
  return [...new Set(specs(null).map(({ implementation }) => implementation))];
}

/** Wall time of one pair of every question; null: with the scenario's window. */
export function pairMsOf({ specs }: TwoCommits, measureMs: number | null): number {
  return specs(measureMs).reduce((totalMs, spec) => totalMs + 2 * trialMs(spec), 0);
}

/** By what CPU per request will be judged, together with everything else that gates. */
export function cpuPrecision(commits: TwoCommits, { alpha, metrics }: GatePolicy): Precision {
  const minEffectRatio = metrics['cpu-per-request']?.minEffectRatio ?? 0;
  return { minEffectRatio, alpha, familyCount: Object.keys(metrics).length * measuredIds(commits).length };
}

/** The greatest that A/A runs of this machine saw in CPU per request of what is measured; null: never seen. */
export function maxKnownSpread({ requestedIds }: TwoCommits, { logRatioSds }: NoiseFloors): number | null {
  const own = [...logRatioSds].filter(
    ([id]) =>
      id.endsWith('/cpu-per-request') && requestedIds.some((implementation) => id.startsWith(`${implementation}/`)),
  );
  return own.length === 0 ? null : Math.max(...own.map(([, spread]) => spread));
}
