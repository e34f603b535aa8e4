import { median } from '../../src/stats/quantile.ts';
import type { TargetMode } from './null-target.ts';

/** A row of the comparison: one target behaviour at one rate. */
export interface Row {
  readonly mode: TargetMode;
  readonly ratePerSec: number;
  readonly connectionCount: number;
}

/** The figures of one run that are compared; null is unknown. */
export interface Figures {
  readonly cpuUs: number | null;
  readonly wholeCpuUs: number | null;
  readonly gapCv: number | null;
  readonly overTwiceEvenRatio: number | null;
  readonly bucketMaxCount: number | null;
  readonly answeredRatio: number | null;
  readonly firstRequestMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly truthP50Ms: number | null;
  readonly truthP90Ms: number | null;
  readonly truthP99Ms: number | null;
}

export type FigureName = keyof Figures;

/** Medians of one tool in one row. */
export interface Cell {
  readonly tool: string;
  readonly row: Row;
  readonly runCount: number;
  readonly failures: readonly string[];
  readonly figures: Figures;
}

/** The greatest rate of the ladder that was kept, and the first that was not; null where there is none. */
export interface Highest {
  readonly tool: string;
  readonly keptRatePerSec: number | null;
  readonly missedRatePerSec: number | null;
}

export interface Summary {
  readonly cells: readonly Cell[];
  readonly highest: readonly Highest[];
  /** Ours: after so many requests, so much; the first entry is after few. */
  readonly memory: readonly {
    readonly requestCount: number;
    readonly rssBytes: number;
    readonly threadCount: number;
  }[];
}

const figureNames: readonly FigureName[] = [
  ...(['cpuUs', 'wholeCpuUs', 'gapCv', 'overTwiceEvenRatio', 'bucketMaxCount', 'answeredRatio'] as const),
  ...(['firstRequestMs', 'p50Ms', 'p90Ms', 'p99Ms', 'truthP50Ms', 'truthP90Ms', 'truthP99Ms'] as const),
];

export function mediansOf(runs: readonly Figures[]): Figures {
  const entries = figureNames.map((name) => [
    name,
    median(runs.map((run) => run[name]).filter((value) => value !== null)),
  ]);
  return Object.fromEntries(entries) as Figures;
}

/** A median, or null where the tool was not run or does not tell. */
export function figureOf(
  { cells }: Summary,
  tool: string,
  mode: TargetMode,
  ratePerSec: number,
  name: FigureName,
): number | null {
  const cell = cells.find((one) => one.tool === tool && one.row.mode === mode && one.row.ratePerSec === ratePerSec);
  return cell?.figures[name] ?? null;
}
