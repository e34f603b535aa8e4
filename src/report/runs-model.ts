import type { Comparison, ComparisonOutcome, RunComparison } from '../model/comparison.ts';
import type { Range } from '../stats/descriptive.ts';
import type { SeriesStyle } from './charts/palette.ts';
import type { AnswerPart, CurvePoint, LatencyKind } from './model.ts';
import type { ComparisonRow } from './tables/comparison-table.ts';

/** Several runs beside each other, the further ones against the first. With a judgement it is that of `ci` and `compare`. */
export interface RunsReport {
  readonly title: string;
  /** null: the runs are shown and compared, nothing is judged. */
  readonly outcome: ComparisonOutcome | null;
  readonly runs: readonly OverlaidRun[];
  readonly differences: readonly EnvironmentDifference[];
  /** What the page cannot show or compare, and why, in sentences. */
  readonly limits: readonly string[];
  readonly cells: readonly OverlaidCell[];
  /** Each further run against the first. */
  readonly comparisons: readonly RunComparison[];
}

export interface OverlaidRun {
  /** `base` and `head`, or A, B, C: what the page calls it. */
  readonly name: string;
  readonly style: SeriesStyle;
  /** "0123abcdef a commit (2026-01-15)" */
  readonly label: string;
  readonly machineLabel: string;
  /** null: nothing was measured. */
  readonly scenario: string | null;
  readonly command: string | null;
  readonly state: 'complete' | 'running' | 'interrupted';
  readonly okCount: number;
  readonly trialCount: number;
}

/** A field in which the runs differ, with what each of them has. */
export interface EnvironmentDifference {
  readonly field: string;
  readonly values: readonly string[];
}

export interface OverlaidCell {
  /** Fit for an anchor. */
  readonly id: string;
  /** "crud-go, history at 100/s" */
  readonly title: string;
  /** What was found, in a few words after the title. */
  readonly finding: string;
  readonly sentence: readonly AnswerPart[];
  /** Whether something here got better or worse. */
  readonly isChanged: boolean;
  /** What a reader came for, then the rest. */
  readonly lines: readonly OverlaidMetric[];
  readonly otherLines: readonly OverlaidMetric[];
  /** By kind, a curve for each run; empty: no latency counts. */
  readonly curves: Readonly<Record<LatencyKind, readonly (readonly CurvePoint[])[]>>;
  /** null: the runs have no trials in pairs, or there are more than two. */
  readonly pairs: OverlaidPairs | null;
}

export interface OverlaidMetric {
  readonly metricId: string;
  readonly label: string;
  readonly unit: Comparison['unit'];
  readonly better: Comparison['better'];
  /** Of each run over its trials that count, in their order. */
  readonly ranges: readonly (Range | null)[];
  /** The same as text. */
  readonly texts: readonly string[];
  /** Of each further run against the first; null: not in both. */
  readonly comparisons: readonly (Comparison | null)[];
  /** Each of them in words: the change with its interval, or why there is none. */
  readonly changes: readonly string[];
  /** How a table of verdicts words it; null: nothing is judged. */
  readonly judged: ComparisonRow | null;
}

/** One metric pair by pair, in the order of the pairs, with what moves with the machine alone. */
export interface OverlaidPairs {
  readonly comparison: Comparison;
  /** null: no control was measured in the same pairs. */
  readonly control: Comparison | null;
}
