import { type CellKey, cellId, cellsIn, questionId, trialsIn } from '../model/cell-key.ts';
import { type Metric, metrics, metricValue } from '../model/metric.ts';
import type { Machine, RunResult } from '../model/run-result.ts';
import { countedTrials } from '../model/trial.ts';
import { median } from '../stats/descriptive.ts';
import { type Interval, medianEstimate } from '../stats/interval.ts';
import { rankSumEstimate, rankSumTails } from '../stats/rank-tests.ts';
import { cellDifferences, type Difference, runDifferences } from './comparability.ts';

/** The results of all machines of one processor model in the order of time, each metric a trend. No figure is carried to another model. */
export interface ModelTrends {
  readonly cpuModel: string;
  readonly machines: readonly TrendMachine[];
  readonly trends: readonly Trend[];
  /** Results that cannot stand beside the newest of the same cell. */
  readonly excluded: readonly ExcludedResult[];
  /** What was no longer as in the result before it. */
  readonly environmentChanges: readonly EnvironmentChange[];
}

/** The result is the first of a new environment: of a machine that changed, or of one that was not there before. */
export interface EnvironmentChange extends ResultSource {
  /** The cells that it concerns. */
  readonly cells: readonly CellKey[];
  /** As in the result file: `versions.node`. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

interface TrendMachine extends Pick<Machine, 'id' | 'coreCount' | 'memoryBytes' | 'kernel'> {
  readonly resultCount: number;
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
  /** Those of excluded results: shown beside, never compared with `points`. */
  readonly setAside: readonly MeasuredPoint[];
  /** How far the levels of the machines are apart; null: fewer than two have a level. */
  readonly machineSpreadRatio: number | null;
  /** Where the level changed for good; null: nowhere that could be shown. */
  readonly changePoint: ChangePoint | null;
}

/** One result of a cell, as it was measured. */
interface MeasuredPoint extends ResultSource {
  readonly machineId: string;
  /** The median over the trials that count, with the interval that so many carry. */
  readonly value: number;
  readonly interval: Interval | null;
  readonly trialCount: number;
}

interface TrendPoint extends MeasuredPoint {
  /** Carried to the median level of the model's machines; null: its own machine has too few results for a level. */
  readonly normalisedValue: number | null;
}

interface ChangePoint {
  /** The first point of the new level. */
  readonly at: TrendPoint;
  /** How much the new level differs from the old. */
  readonly ratio: number;
  readonly p: number;
  /**
   * commit: of this implementation, on machines that had both levels; machine: gone once each machine is measured by its own level; shared:
   * the other implementations of the question moved too, and this one not against them.
   */
  readonly cause: 'commit' | 'machine' | 'shared';
}

/** The trends of each processor model, the model of the newest result first. */
export function trendsByModel(runs: readonly RunResult[]): ModelTrends[] {
  const byModel = Map.groupBy([...runs].sort(byTime), ({ machine }) => machine.cpuModel);
  return [...byModel.values()]
    .map(modelTrends)
    .sort((a, b) => byTime(b.newest, a.newest))
    .map(({ trends }) => trends);
}

function byTime(a: Pick<ResultSource, 'startedAt'>, b: Pick<ResultSource, 'startedAt'>): number {
  return a.startedAt < b.startedAt ? -1 : 1;
}

/** `runs` are of one model, oldest first, and not none. */
function modelTrends(runs: readonly RunResult[]): { readonly newest: RunResult; readonly trends: ModelTrends } {
  const newest = runs.at(-1) as RunResult;
  const ofCells = cellsIn(runs).map((cell) => ({ cell, ...splitByComparability(runs, cell) }));
  const unexplained = ofCells.flatMap((runsOfCell) => metrics.flatMap((metric) => trendOf(runsOfCell, metric)));
  const asked = Map.groupBy(unexplained, ({ cell, metricId }) => `${questionId(cell)} ${metricId}`);
  return {
    newest,
    trends: {
      cpuModel: newest.machine.cpuModel,
      machines: [...Map.groupBy(runs, ({ machine }) => machine.id).values()].map(trendMachine),
      trends: unexplained.map((trend) =>
        explained(trend, asked.get(`${questionId(trend.cell)} ${trend.metricId}`) ?? []),
      ),
      excluded: excludedResults(ofCells),
      environmentChanges: environmentChanges(runs),
    },
  };
}

function trendMachine(runs: readonly RunResult[]): TrendMachine {
  const { id, coreCount, memoryBytes, kernel } = (runs.at(-1) as RunResult).machine;
  return { id, coreCount, memoryBytes, kernel, resultCount: runs.length };
}

interface ComparableRuns {
  readonly kept: readonly RunResult[];
  readonly differing: readonly { readonly run: RunResult; readonly difference: Difference }[];
}

type CellRuns = ComparableRuns & { readonly cell: CellKey };

/** Those that asked the cell, by whether they did so as the newest of them. */
function splitByComparability(runs: readonly RunResult[], cell: CellKey): ComparableRuns {
  const asked = runs.filter((run) => trialsIn(run, cell).length > 0);
  const newest = asked.at(-1) as RunResult;
  const newestOfMachine = new Map(asked.map((run) => [run.machine.id, run]));
  const found = asked.map((run) => {
    const ofMachine = runDifferences(run, newestOfMachine.get(run.machine.id) ?? run).filter(isOfMachine);
    const ofRun = runDifferences(run, newest).filter((one) => !isOfMachine(one));
    const ofCell = cellDifferences(trialsIn(run, cell), trialsIn(newest, cell));
    return { run, difference: [...ofMachine, ...ofRun, ...ofCell][0] ?? null };
  });
  return {
    kept: found.filter(({ difference }) => difference === null).map(({ run }) => run),
    differing: found.flatMap(({ run, difference }) => (difference === null ? [] : [{ run, difference }])),
  };
}

/** Machines of one model are kept apart by their levels instead. */
function isOfMachine({ field }: Difference): boolean {
  return field.startsWith('machine.');
}

/** Each result once for each reason, with all cells for which it holds. */
function excludedResults(ofCells: readonly CellRuns[]): ExcludedResult[] {
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

/** `runs` are of one model, oldest first. Each change once, with all cells that it concerns. */
function environmentChanges(runs: readonly RunResult[]): EnvironmentChange[] {
  const single = cellsIn(runs).flatMap((cell) => {
    const asked = runs.filter((run) => trialsIn(run, cell).length > 0);
    return asked.slice(1).flatMap((run, index) =>
      changesSince(asked.slice(0, index + 1), run, cell).map(({ field, base, head }) => ({
        ...sourceOf(run),
        ...{ cell, field, before: base, after: head },
      })),
    );
  });
  const grouped = Map.groupBy(single, ({ runId, field, before, after }) => [runId, field, before, after].join(' '));
  return [...grouped.values()]
    .flatMap((same) =>
      same.slice(0, 1).map(({ cell: _, ...first }) => ({ ...first, cells: same.map(({ cell }) => cell) })),
    )
    .sort(byTime);
}

/** `earlier` is not empty. */
function changesSince(earlier: readonly RunResult[], run: RunResult, cell: CellKey): Difference[] {
  const before = earlier.findLast(({ machine }) => machine.id === run.machine.id);
  if (before === undefined) {
    const base = earlier.at(-1)?.machine.id ?? '';
    return [{ field: 'machine.id', base, head: run.machine.id }];
  }
  return [...runDifferences(before, run), ...cellDifferences(trialsIn(before, cell), trialsIn(run, cell))];
}

function sourceOf({ runId, startedAt, commit }: RunResult): ResultSource {
  return { runId, startedAt, commit };
}

function trendOf({ cell, kept, differing }: CellRuns, metric: Metric): Trend[] {
  const measured = kept.flatMap((run) => pointOf(run, cell, metric));
  if (measured.length === 0) return [];
  const { label, unit, better } = metric;
  const id = `${cellId(cell)}/${metric.id}`;
  const { points, machineSpreadRatio } = normalised(measured);
  const setAside = differing.flatMap(({ run }) => pointOf(run, cell, metric));
  const found = { id, cell, metricId: metric.id, label, unit, better, points, setAside, machineSpreadRatio };
  return [
    {
      ...found,
      changePoint: changePointOf(
        points,
        points.map(({ value }) => value),
      ),
    },
  ];
}

function pointOf(run: RunResult, cell: CellKey, metric: Metric): MeasuredPoint[] {
  const values = countedTrials(trialsIn(run, cell))
    .map((trial) => metricValue(metric, trial))
    .filter((value) => value !== null);
  const estimate = medianEstimate(values, 0.95);
  if (estimate === null) return [];
  return [{ ...sourceOf(run), machineId: run.machine.id, ...estimate, trialCount: values.length }];
}

const minLevelCount = 3;
const alpha = 0.05;

/** Each point measured by the level of its own machine, which is the median of its results. One machine is left as it is. */
function normalised(points: readonly MeasuredPoint[]): Pick<Trend, 'points' | 'machineSpreadRatio'> {
  const byMachine = Map.groupBy(points, ({ machineId }) => machineId);
  if (byMachine.size === 1) {
    return { points: points.map((point) => ({ ...point, normalisedValue: point.value })), machineSpreadRatio: null };
  }
  const levels = new Map(
    [...byMachine].flatMap(([machineId, own]) => {
      const level = median(own.map(({ value }) => value)) ?? 0;
      return own.length >= minLevelCount && level > 0 ? [[machineId, level] as const] : [];
    }),
  );
  const known = [...levels.values()];
  const middle = median(known) ?? 0;
  const carried = ({ value, machineId }: MeasuredPoint) => {
    const level = levels.get(machineId);
    return level === undefined ? null : (value * middle) / level;
  };
  return {
    points: points.map((point) => ({ ...point, normalisedValue: carried(point) })),
    machineSpreadRatio: known.length < 2 ? null : Math.max(...known) / Math.min(...known) - 1,
  };
}

/** The change with its cause; `asked` are the trends of the same question and metric, itself among them. */
function explained(trend: Trend, asked: readonly Trend[]): Trend {
  const own = trend.points.filter(({ normalisedValue }) => normalisedValue !== null);
  const change = changePointOf(
    own,
    own.map(({ normalisedValue }) => normalisedValue ?? 0),
  );
  if (change === null) {
    const { changePoint } = trend;
    return { ...trend, changePoint: changePoint === null ? null : { ...changePoint, cause: 'machine' } };
  }
  return {
    ...trend,
    changePoint: isShared(
      change,
      own,
      asked.filter(({ id }) => id !== trend.id),
    )
      ? { ...change, cause: 'shared' }
      : change,
  };
}

/** Whether the others moved the same way at the time, and this one not against them. */
function isShared({ ratio }: ChangePoint, points: readonly TrendPoint[], others: readonly Trend[]): boolean {
  const levels = others
    .map((other) => new Map(other.points.map(({ runId, normalisedValue }) => [runId, normalisedValue ?? 0])))
    .filter((level) => points.every(({ runId }) => (level.get(runId) ?? 0) > 0));
  if (levels.length === 0 || points.some(({ normalisedValue }) => (normalisedValue ?? 0) <= 0)) return false;
  const shared = points.map(({ runId }) =>
    Math.exp(levels.reduce((sum, level) => sum + Math.log(level.get(runId) ?? 1), 0) / levels.length),
  );
  const othersRatio = changePointOf(points, shared)?.ratio ?? 0;
  const relative = points.map(({ normalisedValue }, index) => (normalisedValue ?? 0) / (shared[index] ?? 1));
  return Math.sign(othersRatio) === Math.sign(ratio) && changePointOf(points, relative) === null;
}

/**
 * The split of the series whose sides differ most by the rank-sum test, when its p times the number of splits tried (Bonferroni)
 * is at most 0.05. One level change, not several: a later one shows once the earlier is out of the window.
 */
function changePointOf(points: readonly TrendPoint[], values: readonly number[]): ChangePoint | null {
  const splits = points.slice(minLevelCount, points.length - minLevelCount + 1).map((at, index) => {
    const place = index + minLevelCount;
    return { at, ...shiftOf(values.slice(0, place), values.slice(place)) };
  });
  const [best] = [...splits].sort((a, b) => a.p - b.p);
  if (best === undefined) return null;
  const p = Math.min(1, best.p * splits.length);
  return p > alpha ? null : { ...best, p, cause: 'commit' };
}

function shiftOf(before: readonly number[], after: readonly number[]): { ratio: number; p: number } {
  const { atLeast, atMost } = rankSumTails(before, after);
  const shift = rankSumEstimate(before.map(Math.log), after.map(Math.log), 0.95)?.value ?? 0;
  return { ratio: Math.expm1(shift), p: Math.min(1, 2 * Math.min(atLeast, atMost)) };
}
