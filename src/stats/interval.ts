/** An estimate with the interval around it; null where so few values carry none of the level asked. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The k-th least and the k-th greatest of sorted values; null for k = 0. */
export function orderInterval(sorted: readonly number[], k: number): Interval | null {
  const low = sorted[k - 1];
  const high = sorted[sorted.length - k];
  return low === undefined || high === undefined ? null : { low, high };
}
