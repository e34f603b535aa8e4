import { type ModelTrends, trendsByModel } from '../../compare/trend.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { ReportedImplementation } from '../model.ts';
import { describeImplementations } from './implementations.ts';

/** Every trend of a folder of results, and how its implementations look. */
export interface TrendReport {
  readonly resultCount: number;
  readonly models: readonly ModelTrends[];
  readonly implementations: readonly ReportedImplementation[];
}

export function buildTrends(runs: readonly RunResult[]): TrendReport {
  return {
    resultCount: runs.length,
    models: trendsByModel(runs),
    implementations: [...describeImplementations(runs).values()],
  };
}
