import type { CompareCell } from '../model/comparison.ts';
import { countedTrials } from '../model/counted-trials.ts';
import { type Metric, metrics, metricValue } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Interval } from '../stats/interval.ts';
import { medianEstimate } from '../stats/median-interval.ts';
import { rankSumEstimate, rankSumTails } from '../stats/rank-sum.ts';
import { cellId, cellsOf, trialsIn } from './cell.ts';
import { cellDifferences, differenceText, runDifferences } from './setting.ts';

/** The results of one machine in the order of time, each metric a trend. */
export interface History {
  readonly machineLabel: string;
  readonly trends: readonly Trend[];
  /** Results of the same machine that cannot stand beside the newest, and why. */
  readonly leftOut: readonly { readonly runId: string; readonly reason: string }[];
}

export interface Trend extends Pick<Metric, 'label' | 'unit' | 'better'> {
  readonly id: string;
  readonly cell: CompareCell;
  readonly metricId: string;
  /** One a result, oldest first. */
  readonly points: readonly TrendPoint[];
  /** Where the level changed for good; null: nowhere that could be shown. */
  readonly changePoint: ChangePoint | null;
}

export interface TrendPoint {
  readonly runId: string;
  readonly startedAt: string;
  readonly commit: RunResult['commit'];
  /** The median over the trials that count, with the interval that so many carry. */
  readonly value: number;
  readonly interval: Interval | null;
  readonly trialCount: number;
}

export interface ChangePoint {
  /** The first point of the new level. */
  readonly at: TrendPoint;
  /** How much the new level differs from the old. */
  readonly ratio: number;
  readonly p: number;
}

/** One history a machine, the machine of the newest result first. */
export function historiesOf(runs: readonly RunResult[]): History[] {
  const byMachine = Map.groupBy([...runs].sort(byTime), ({ machine }) => machine.id);
  return [...byMachine.values()].map(historyOf).reverse();
}

function byTime(a: RunResult, b: RunResult): number {
  return a.startedAt < b.startedAt ? -1 : 1;
}

/** `runs` are of one machine, oldest first, and not none. What differs from the newest in a setting is left out. */
function historyOf(runs: readonly RunResult[]): History {
  const newest = runs.at(-1) as RunResult;
  const judged = runs.map((run) => ({ run, difference: runDifferences(run, newest)[0] ?? null }));
  const kept = judged.filter(({ difference }) => difference === null).map(({ run }) => run);
  const leftOut = judged.flatMap(({ run, difference }) =>
    difference === null ? [] : [{ runId: run.runId, reason: differenceText(difference) }],
  );
  const trends = cellsOf(kept).flatMap((cell) => metrics.flatMap((metric) => trendOf(kept, cell, metric)));
  return { machineLabel: `${newest.machine.cpuModel}, ${newest.machine.coreCount} cores`, trends, leftOut };
}

function trendOf(runs: readonly RunResult[], cell: CompareCell, metric: Metric): Trend[] {
  const points = comparableRuns(runs, cell).flatMap((run) => pointOf(run, cell, metric));
  if (points.length === 0) return [];
  const { label, unit, better } = metric;
  const id = `${cellId(cell)}/${metric.id}`;
  return [{ id, cell, metricId: metric.id, label, unit, better, points, changePoint: changePointOf(points) }];
}

/** Those that asked the cell as the newest of them did. */
function comparableRuns(runs: readonly RunResult[], cell: CompareCell): RunResult[] {
  const asked = runs.filter((run) => trialsIn(run, cell).length > 0);
  const newest = asked.at(-1);
  if (newest === undefined) return [];
  return asked.filter((run) => cellDifferences(trialsIn(run, cell), trialsIn(newest, cell)).length === 0);
}

function pointOf(run: RunResult, cell: CompareCell, metric: Metric): TrendPoint[] {
  const values = countedTrials(trialsIn(run, cell))
    .map((trial) => metricValue(metric, trial))
    .filter((value) => value !== null);
  const estimate = medianEstimate(values, 0.95);
  if (estimate === null) return [];
  const { runId, startedAt, commit } = run;
  return [{ runId, startedAt, commit, ...estimate, trialCount: values.length }];
}

const leastLevelCount = 3;
const alpha = 0.05;

/**
 * The split of the series whose sides differ most by the rank-sum test, when its p times the number of splits tried (Bonferroni)
 * is at most 0.05. One level change, not several: a later one shows once the earlier is out of the window.
 */
function changePointOf(points: readonly TrendPoint[]): ChangePoint | null {
  const splits = points.slice(leastLevelCount, points.length - leastLevelCount + 1).map((at, index) => {
    const [before, after] = [points.slice(0, index + leastLevelCount), points.slice(index + leastLevelCount)];
    return { at, ...shiftOf(before.map(valueOfPoint), after.map(valueOfPoint)) };
  });
  const [best] = [...splits].sort((a, b) => a.p - b.p);
  if (best === undefined) return null;
  const p = Math.min(1, best.p * splits.length);
  return p > alpha ? null : { ...best, p };
}

function valueOfPoint({ value }: TrendPoint): number {
  return value;
}

function shiftOf(before: readonly number[], after: readonly number[]): { ratio: number; p: number } {
  const { atLeast, atMost } = rankSumTails(before, after);
  const shift = rankSumEstimate(before.map(Math.log), after.map(Math.log), 0.95)?.value ?? 0;
  return { ratio: Math.expm1(shift), p: Math.min(1, 2 * Math.min(atLeast, atMost)) };
}
