import { median } from '../stats/quantile.ts';
import { variationRatio } from '../stats/spread.ts';
import { studentQuantile } from '../stats/student.ts';
import type { Resolution, Row } from './model.ts';

/** The repeat noise of CPU per request and what it hides; null where no implementation was measured twice. */
export function resolutionOf(rows: readonly Row[]): Resolution | null {
  const samples = rows
    .map((row) => row.figures['cpu-per-request']?.values ?? [])
    .filter((values) => values.length >= 2);
  const degrees = samples.reduce((sum, values) => sum + values.length - 1, 0);
  const counts = samples.map((values) => values.length);
  const trialCount = median(counts);
  if (trialCount === null) return null;
  const squares = samples.reduce((sum, values) => sum + (values.length - 1) * (variationRatio(values) ?? 0) ** 2, 0);
  const cvRatio = Math.sqrt(squares / degrees);
  return {
    cvRatio,
    smallestDifferenceRatio: studentQuantile(0.975, degrees) * cvRatio * Math.sqrt(2 / trialCount),
    implementationCount: samples.length,
    trialCounts: [Math.min(...counts), Math.max(...counts)],
  };
}
