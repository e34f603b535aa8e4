import type { RunComparison } from '../model/comparison.ts';
import { mean, median } from '../stats/descriptive.ts';
import { normalQuantile } from '../stats/distributions.ts';

/** What a machine's A/A runs (a commit against itself) say of each comparison, by its id. */
export interface NoiseFloors {
  /** What base and head may differ by though nothing changed, beyond what pairs average out; 0: nothing of that was seen. */
  readonly noiseFloors: ReadonlyMap<string, number>;
  /** Standard deviation of the log pair ratios, the median over the runs. */
  readonly logRatioSds: ReadonlyMap<string, number>;
  readonly runCount: number;
}

/** A change of one A/A run and its standard error, as logarithms. */
interface AAChange {
  readonly shift: number;
  readonly error: number;
}

export function noiseFloors(comparisons: readonly RunComparison[]): NoiseFloors {
  const shifts = new Map<string, AAChange[]>();
  const spreads = new Map<string, number[]>();
  for (const { id, change } of comparisons.flatMap((one) => one.comparisons)) {
    if (change === null || change.ratio === null || change.interval === null) continue;
    const width = Math.log1p(change.interval.highRatio) - Math.log1p(change.interval.lowRatio);
    const own = { shift: Math.log1p(change.ratio), error: width / (2 * normalQuantile(0.975)) };
    shifts.set(id, [...(shifts.get(id) ?? []), own]);
    if (change.logRatioSd !== null) spreads.set(id, [...(spreads.get(id) ?? []), change.logRatioSd]);
  }
  return {
    noiseFloors: new Map([...shifts].map(([id, own]) => [id, noiseFloorOf(own)])),
    logRatioSds: new Map([...spreads].map(([id, own]) => [id, median(own) ?? 0])),
    runCount: comparisons.length,
  };
}

/**
 * 1.96 × what the runs scatter by beyond their own errors (method of moments), where they do so at all: their sum of squares
 * must exceed the 95 % quantile of chi-squared, else a single run would make a floor of its own noise.
 */
function noiseFloorOf(changes: readonly AAChange[]): number {
  const sumOfSquares = changes.reduce((sum, { shift, error }) => sum + squared(shift, error), 0);
  if (sumOfSquares <= chiSquaredQuantile(changes.length)) return 0;
  const between = mean(changes.map(({ shift }) => shift ** 2)) - mean(changes.map(({ error }) => error ** 2));
  return Math.expm1(normalQuantile(0.975) * Math.sqrt(Math.max(0, between)));
}

/** Identical samples have neither shift nor error. */
function squared(shift: number, error: number): number {
  return shift === 0 ? 0 : (shift / error) ** 2;
}

/** Of 95 % by Wilson and Hilferty (1931); within 0.1 from one degree of freedom on. */
function chiSquaredQuantile(degrees: number): number {
  const part = 2 / (9 * degrees);
  return degrees * (1 - part + normalQuantile(0.95) * Math.sqrt(part)) ** 3;
}
