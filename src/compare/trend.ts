import { type CellKey, cellId, cellsIn, trialsIn } from '../model/cell-key.ts';
import { type Metric, metrics, metricValue } from '../model/metric.ts';
import type { RunResult } from '../model/run-result.ts';
import { countedTrials } from '../model/trial.ts';
import { type Interval, medianEstimate } from '../stats/interval.ts';
import { rankSumEstimate, rankSumTails } from '../stats/rank-tests.ts';
import { cellDifferences, type Difference, runDifferences } from './comparability.ts';
import { machineLabel } from './text.ts';

/** The results of one machine in the order of time, each metric a trend. */
export interface MachineTrends {
  readonly machineLabel: string;
  readonly trends: readonly Trend[];
  /** Results that cannot stand beside the newest of the same cell. */
  readonly excluded: readonly ExcludedResult[];
}

export interface ExcludedResult extends ResultSource {
  /** The cells it is left out of for this reason. */
  readonly cells: readonly CellKey[];
  /** As in the result file: `spec.loadPlan.measureMs`. */
  readonly field: string;
  readonly reason: string;
}

/** Which result a point is of. */
export interface ResultSource {
  readonly runId: string;
  readonly startedAt: string;
  readonly commit: RunResult['commit'];
}

export interface Trend extends Pick<Metric, 'label' | 'unit' | 'better'> {
  readonly id: string;
  readonly cell: CellKey;
  readonly metricId: string;
  /** One a result, oldest first. */
  readonly points: readonly TrendPoint[];
  /** Where the level changed for good; null: nowhere that could be shown. */
  readonly changePoint: ChangePoint | null;
}

interface TrendPoint extends ResultSource {
  /** The median over the trials that count, with the interval that so many carry. */
  readonly value: number;
  readonly interval: Interval | null;
  readonly trialCount: number;
}

interface ChangePoint {
  /** The first point of the new level. */
  readonly at: TrendPoint;
  /** How much the new level differs from the old. */
  readonly ratio: number;
  readonly p: number;
}

/** The trends of each machine, the machine of the newest result first. */
export function trendsByMachine(runs: readonly RunResult[]): MachineTrends[] {
  const byMachine = Map.groupBy([...runs].sort(byTime), ({ machine }) => machine.id);
  return [...byMachine.values()].map(machineTrends).reverse();
}

function byTime(a: ResultSource, b: ResultSource): number {
  return a.startedAt < b.startedAt ? -1 : 1;
}

/** `runs` are of one machine, oldest first, and not none. */
function machineTrends(runs: readonly RunResult[]): MachineTrends {
  const { machine } = runs.at(-1) as RunResult;
  const ofCells = cellsIn(runs).map((cell) => ({ cell, ...splitByComparability(runs, cell) }));
  return {
    machineLabel: machineLabel(machine),
    trends: ofCells.flatMap(({ cell, kept }) => metrics.flatMap((metric) => trendOf(kept, cell, metric))),
    excluded: excludedResults(ofCells),
  };
}

interface ComparableRuns {
  readonly kept: readonly RunResult[];
  readonly differing: readonly { readonly run: RunResult; readonly difference: Difference }[];
}

/** Those that asked the cell, by whether they did so as the newest of them. */
function splitByComparability(runs: readonly RunResult[], cell: CellKey): ComparableRuns {
  const asked = runs.filter((run) => trialsIn(run, cell).length > 0);
  const newest = asked.at(-1) as RunResult;
  const found = asked.map((run) => {
    const ofCell = cellDifferences(trialsIn(run, cell), trialsIn(newest, cell));
    return { run, difference: [...runDifferences(run, newest), ...ofCell][0] ?? null };
  });
  return {
    kept: found.filter(({ difference }) => difference === null).map(({ run }) => run),
    differing: found.flatMap(({ run, difference }) => (difference === null ? [] : [{ run, difference }])),
  };
}

/** Each result once for each reason, with all cells for which it holds. */
function excludedResults(ofCells: readonly ({ readonly cell: CellKey } & ComparableRuns)[]): ExcludedResult[] {
  const single = ofCells.flatMap(({ cell, differing }) =>
    differing.map(({ run, difference: { field, base, head } }) => {
      const reason = `${field} is ${base}, in the newest result of it ${head}`;
      return { ...sourceOf(run), cell, field, reason };
    }),
  );
  const grouped = Map.groupBy(single, ({ runId, reason }) => `${runId} ${reason}`);
  return [...grouped.values()]
    .flatMap((same) =>
      same.slice(0, 1).map(({ cell: _, ...first }) => ({ ...first, cells: same.map(({ cell }) => cell) })),
    )
    .sort(byTime);
}

function sourceOf({ runId, startedAt, commit }: RunResult): ResultSource {
  return { runId, startedAt, commit };
}

function trendOf(runs: readonly RunResult[], cell: CellKey, metric: Metric): Trend[] {
  const points = runs.flatMap((run) => pointOf(run, cell, metric));
  if (points.length === 0) return [];
  const { label, unit, better } = metric;
  const id = `${cellId(cell)}/${metric.id}`;
  return [{ id, cell, metricId: metric.id, label, unit, better, points, changePoint: changePointOf(points) }];
}

function pointOf(run: RunResult, cell: CellKey, metric: Metric): TrendPoint[] {
  const values = countedTrials(trialsIn(run, cell))
    .map((trial) => metricValue(metric, trial))
    .filter((value) => value !== null);
  const estimate = medianEstimate(values, 0.95);
  if (estimate === null) return [];
  return [{ ...sourceOf(run), ...estimate, trialCount: values.length }];
}

const minLevelCount = 3;
const alpha = 0.05;

/**
 * The split of the series whose sides differ most by the rank-sum test, when its p times the number of splits tried (Bonferroni)
 * is at most 0.05. One level change, not several: a later one shows once the earlier is out of the window.
 */
function changePointOf(points: readonly TrendPoint[]): ChangePoint | null {
  const splits = points.slice(minLevelCount, points.length - minLevelCount + 1).map((at, index) => {
    const [before, after] = [points.slice(0, index + minLevelCount), points.slice(index + minLevelCount)];
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
