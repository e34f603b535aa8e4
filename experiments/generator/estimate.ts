import { mean, standardDeviation } from '../../src/stats/descriptive.ts';
import { studentQuantile } from '../../src/stats/distributions.ts';

/** What the turns of one run say of a ratio or a difference. */
export interface Estimate {
  readonly value: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
  readonly turnCount: number;
}

export type Verdict = 'met' | 'missed' | 'undecided' | 'unknown';

/** Mean with Student's interval; null of fewer than three turns. */
export function meanOf(values: readonly number[]): Estimate | null {
  const spread = standardDeviation(values);
  if (values.length < 3 || spread === null) return null;
  const value = mean(values);
  const half = (studentQuantile(0.975, values.length - 1) * spread) / Math.sqrt(values.length);
  return { value, low: value - half, high: value + half, turnCount: values.length };
}

/** Geometric mean of paired ratios, interval and all in logarithms. */
export function ratioOf(pairs: readonly (readonly [number, number])[]): Estimate | null {
  const logs = meanOf(
    pairs.filter(([own, other]) => own > 0 && other > 0).map(([own, other]) => Math.log(own / other)),
  );
  if (logs === null) return null;
  const { value, low, high, turnCount } = logs;
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), turnCount };
}

/** Met when the estimate is, missed when the whole interval lies above the goal. Fewer than `leastTurns` decide nothing. */
export function verdictOf(estimate: Estimate | null, bound: number | null, leastTurns: number): Verdict {
  if (estimate === null || bound === null) return 'unknown';
  if (estimate.turnCount < leastTurns) return 'undecided';
  if (estimate.value <= bound) return 'met';
  return estimate.low > bound ? 'missed' : 'undecided';
}
