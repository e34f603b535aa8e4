/** The values in ascending order; the argument is left as it was. */
export function sortedAscending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/**
 * The quantile `probabilityRatio` (0..1) by linear interpolation between order statistics (Hyndman and Fan 1996, type 7:
 * R's and NumPy's default). Null when there is no value.
 */
export function quantile(values: readonly number[], probabilityRatio: number): number | null {
  const sorted = sortedAscending(values);
  const position = (sorted.length - 1) * Math.min(1, Math.max(0, probabilityRatio));
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}

/** The middle value, or the mean of the two middle ones; null when there is no value. */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation (n − 1); null below two values. */
export function standardDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** Coefficient of variation: standard deviation ÷ mean; null below two values. */
export function coefficientOfVariation(values: readonly number[]): number | null {
  const deviation = standardDeviation(values);
  return deviation === null ? null : deviation / mean(values);
}

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

/**
 * How often the range from the minimum to the maximum of n independent values holds the true median: 1 − 2^(1−n), for any
 * distribution (order statistics 1 and n; David and Nagaraja, Order Statistics, section 7.1). 0 for one value.
 */
export function rangeCoverageRatio(count: number): number {
  return count < 1 ? 0 : 1 - 2 ** (1 - count);
}

interface Line {
  /** y where x is 0. */
  readonly intercept: number;
  readonly slope: number;
}

/** The straight line of least squared vertical distance; null when all points share one x. */
export function fitLine(points: readonly { readonly x: number; readonly y: number }[]): Line | null {
  const meanX = mean(points.map((point) => point.x));
  const meanY = mean(points.map((point) => point.y));
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) return null;
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  return { slope, intercept: meanY - slope * meanX };
}
