import { sortedAscending } from './descriptive.ts';
import { normalQuantile } from './distributions.ts';
import type { Estimate } from './interval.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Below this many points the interval's normal approximation does not hold. */
const minPointCount = 6;

/**
 * The slope of a line through points: the median of the slopes of all pairs (Theil 1950), with the interval that Kendall's test
 * does not reject (Sen 1968; Hollander, Wolfe and Chicken 2014, section 9.3). Null below 6 points.
 */
export function slopeEstimate(points: readonly Point[], levelRatio: number): Estimate | null {
  const n = points.length;
  if (n < minPointCount) return null;
  const slopes = sortedAscending(
    points.flatMap((a, index) =>
      points.slice(index + 1).flatMap((b) => (b.x === a.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
    ),
  );
  const value = middle(slopes);
  if (value === null) return null;
  const width = normalQuantile((1 + levelRatio) / 2) * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const below = Math.max(0, Math.floor((slopes.length - width) / 2));
  const [low, high] = [slopes[below], slopes[slopes.length - 1 - below]];
  return { value, interval: low === undefined || high === undefined ? null : { low, high } };
}

function middle(sorted: readonly number[]): number | null {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
