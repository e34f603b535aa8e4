import { median } from './quantile.ts';

/** A few repetitions of one number: what was seen, with no claim about what was not. */
export interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** In the order given. */
  readonly values: readonly number[];
}

/** The range of what is known among the values; null when nothing is. */
export function rangeOf(values: readonly (number | null)[]): Range | null {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (middle === null) return null;
  return { median: middle, min: Math.min(...known), max: Math.max(...known), values: known };
}

export function rangesOverlap(a: Range, b: Range): boolean {
  return a.min <= b.max && b.min <= a.max;
}

/**
 * How often the range from the least to the greatest of n independent values holds the true median: 1 − 2^(1−n), for any
 * distribution (order statistics 1 and n; David and Nagaraja, Order Statistics, section 7.1). 0 for one value.
 */
export function rangeCoverageRatio(count: number): number {
  return count < 1 ? 0 : 1 - 2 ** (1 - count);
}
