import type { RunComparison } from '../../model/comparison.ts';
import { cellId } from '../cell.ts';

interface BencherMetric {
  readonly value: number;
  readonly lower_value: number;
  readonly upper_value: number;
}

/** Head's medians with least and greatest trial in the Bencher Metric Format: benchmark → measure → metric. */
export function bencherMetrics({ comparisons }: RunComparison): Record<string, Record<string, BencherMetric>> {
  const byCell = Map.groupBy(comparisons, ({ cell }) => cellId(cell));
  return Object.fromEntries(
    [...byCell].map(([id, own]) => [
      id,
      Object.fromEntries(
        own.flatMap(({ metricId, head }) => {
          if (head === null || head.value === null) return [];
          // The value of errors is their sum, not one of the trials'.
          const values = [...head.values, head.value];
          const metric = { value: head.value, lower_value: Math.min(...values), upper_value: Math.max(...values) };
          return [[metricId, metric]];
        }),
      ),
    ]),
  );
}
