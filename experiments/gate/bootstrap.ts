import { quantile } from '../../src/stats/descriptive.ts';
import type { Interval } from '../../src/stats/interval.ts';
import type { Random } from '../../src/stats/random.ts';

/**
 * The percentile bootstrap (Efron 1979) of a statistic that has no exact interval: its quantiles over samples drawn with
 * replacement. Small samples make it too narrow: docs/explanation/verdicts.md shows by how much. Null without a value, or where
 * the statistic is not a number in some sample.
 */
export function bootstrapInterval<T>(
  values: readonly T[],
  statistic: (sample: readonly T[]) => number,
  { random, levelRatio, resampleCount }: { random: Random; levelRatio: number; resampleCount: number },
): Interval | null {
  if (values.length === 0) return null;
  const draws = Array.from({ length: resampleCount }, () => statistic(resampled(values, random)));
  if (draws.some(Number.isNaN)) return null;
  const [low, high] = [quantile(draws, (1 - levelRatio) / 2), quantile(draws, (1 + levelRatio) / 2)];
  return low === null || high === null ? null : { low, high };
}

function resampled<T>(values: readonly T[], random: Random): T[] {
  return values.map(() => values[random.below(values.length)] as T);
}
