import { mean } from './spread.ts';

export interface Line {
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
