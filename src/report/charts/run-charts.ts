import type { Comparison } from '../../model/comparison.ts';
import { metricById } from '../../model/metric.ts';
import { displayUnit, displayValue, formatFigure, formatNumber } from '../format.ts';
import type { OverlaidCell, OverlaidMetric, OverlaidRun, RunsReport } from '../runs-model.ts';
import { type Chart, chartSeries, type LineChart, type LinePoint, type Series, type StripChart } from './chart.ts';
import { latencyCurves } from './question-charts.ts';

/** The pictures of each cell, by its id: what every trial measured, the latencies, and pairs over time. */
export function runCharts({ cells, runs }: RunsReport): ReadonlyMap<string, readonly Chart[]> {
  return new Map(cells.map((cell) => [cell.id, cellCharts(cell, runs)]));
}

function cellCharts(cell: OverlaidCell, runs: readonly OverlaidRun[]): Chart[] {
  const series = runs.map(runSeries);
  const facts = { id: cell.id, conditions: `of ${cell.title}` };
  const curves = (['response', 'service'] as const).map((kind) =>
    latencyCurves(
      facts,
      kind,
      series.map((one, index) => ({ series: one, points: cell.curves[kind][index] ?? [] })),
    ),
  );
  const metrics = [...cell.lines, ...cell.otherLines];
  const strips = stripIds.flatMap((id) => metrics.filter(({ metricId }) => metricId === id));
  const all: Chart[] = [...strips.map((metric) => strip(cell, metric, series)), ...curves, ...pairCharts(cell, series)];
  return all.filter((chart) => chartSeries(chart).length > 0);
}

function runSeries({ name, style }: OverlaidRun): Series {
  return { label: name, style, recordedOn: null };
}

const stripIds = ['cpu-per-request', 'election-p50', 'response-p50', 'memory-median', 'node-memory', 'startup'];

function strip(
  cell: OverlaidCell,
  { metricId, unit, ranges, better }: OverlaidMetric,
  series: readonly Series[],
): StripChart {
  const { label } = metricById(metricId);
  const strips = ranges.flatMap((range, index) =>
    range === null
      ? []
      : [
          {
            ...(series[index] as Series),
            values: range.values.map((value) => displayValue(unit, value)),
            median: displayValue(unit, range.median),
            text: formatFigure(unit, range.median),
          },
        ],
  );
  return {
    kind: 'strips',
    id: `${cell.id}-${metricId}`,
    title: `${label.charAt(0).toUpperCase()}${label.slice(1)}, trial by trial`,
    howToRead: `A point for each trial that counts; the line is the median. Further ${better === 'lower' ? 'left' : 'right'} is better.`,
    altText: `${label} of ${cell.title}: ${strips.map((one) => `${one.label} median ${one.text} ${displayUnit(unit)} of ${one.values.length}`).join('; ')}.`,
    unit: displayUnit(unit),
    strips,
  };
}

/** Base and head pair by pair, what moves with the machine alone beside them, and the change of each pair. */
function pairCharts({ id, title, pairs }: OverlaidCell, series: readonly Series[]): LineChart[] {
  if (pairs === null) return [];
  const { comparison, control } = pairs;
  const beside = control === null ? [] : [pairLines(id, title, control, series)];
  return [changeByPair(id, title, pairs), pairLines(id, title, comparison, series), ...beside];
}

/** Neither is one of the runs. */
const changeSeries: Readonly<Record<'raw' | 'corrected', Series>> = {
  raw: { label: 'as measured', style: { family: 'java', mark: 'circle', shade: 0 }, recordedOn: null },
  corrected: {
    label: 'machine’s speed taken out',
    style: { family: 'go', mark: 'diamond', shade: 0 },
    recordedOn: null,
  },
};

const pairAxis = { title: 'pair', scale: 'linear', ticks: null, min: 1, max: null } as const;

function pairLines(id: string, cell: string, comparison: Comparison, series: readonly Series[]): LineChart {
  const { metricId, label, unit } = comparison;
  const sides = [comparison.base, comparison.head].map((side) => side?.values ?? []);
  const shown = displayUnit(unit);
  return {
    kind: 'lines',
    id: `${id}-pairs-${metricId}`,
    cursorGroup: `${id}-pairs`,
    title: `${label.charAt(0).toUpperCase()}${label.slice(1)}, pair by pair`,
    howToRead:
      'Both trials of a pair ran next to each other. Where both lines move together the machine did; where they part, the commits differ.',
    altText: `${label} of ${cell} in ${sides[0]?.length ?? 0} pairs: ${sides.map((values, side) => `${series[side]?.label} ${spanText(values, unit)} ${shown}`).join('; ')}.`,
    unit: shown,
    x: pairAxis,
    y: { title: shown, scale: 'linear', ticks: null, min: null, max: null },
    lines: sides.map((values, side) => ({
      ...(series[side] as Series),
      points: values.map((value, index) => point(index, displayValue(unit, value))),
    })),
    markPoints: true,
  };
}

function spanText(values: readonly number[], unit: Comparison['unit']): string {
  if (values.length === 0) return 'no figure';
  return `${formatFigure(unit, Math.min(...values))} to ${formatFigure(unit, Math.max(...values))}`;
}

function changeByPair(
  id: string,
  cell: string,
  { comparison, control }: NonNullable<OverlaidCell['pairs']>,
): LineChart {
  const { label, metricId, minEffectRatio: least, correction } = comparison;
  const ratios = pairRatios(comparison);
  const known = ratios.filter((ratio) => ratio !== null);
  const raw = {
    ...changeSeries.raw,
    points: ratios.map((ratio, index) => point(index, ratio === null ? null : percent(ratio))),
  };
  const moved = control === null || correction === null ? [] : pairRatios(control);
  const corrected = {
    ...changeSeries.corrected,
    points: moved.map((by, index) => {
      const ratio = ratios[index] ?? null;
      return point(index, ratio === null || by === null ? null : percent(ratio / by));
    }),
  };
  return {
    kind: 'lines',
    id: `${id}-pairs-change`,
    cursorGroup: `${id}-pairs`,
    title: `Change of ${label}, pair by pair`,
    howToRead: `How much more head needed than base in each pair; 0 is no change. The band: changes below ${formatNumber(100 * least)} %, which do not matter.`,
    altText: `Change of ${label} of ${cell} (${metricId}) in ${ratios.length} pairs: ${formatNumber(percent(Math.min(...known)))} to ${formatNumber(percent(Math.max(...known)))} %.`,
    unit: '%',
    x: pairAxis,
    y: { title: 'head against base, %', scale: 'linear', ticks: null, min: null, max: null },
    band: [percent(1 / (1 + least)), percent(1 + least)],
    lines: moved.length === 0 ? [raw] : [raw, corrected],
    markPoints: true,
  };
}

/** null: a value of 0 has no ratio. */
function pairRatios({ base, head }: Comparison): (number | null)[] {
  return (base?.values ?? []).map((before, index) => {
    const after = head?.values[index] ?? 0;
    return before > 0 && after > 0 ? after / before : null;
  });
}

function percent(ratio: number): number {
  return 100 * (ratio - 1);
}

function point(index: number, y: number | null): LinePoint {
  return { x: index + 1, y, whisker: null };
}
