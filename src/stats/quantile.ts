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
