import type { ModelTrends, ResultSource, Trend } from '../../compare/trend.ts';
import { questionId } from '../../model/cell-key.ts';
import { displayUnit, displayValue, formatFigure } from '../format.ts';
import type { ReportedImplementation } from '../model.ts';
import { changePointText, sourceName } from '../tables/trend-table.ts';
import type { Axis, ChartEvent, Line, LineChart, LinePoint } from './chart.ts';
import type { SeriesStyle } from './palette.ts';

interface TrendPlace {
  /** Of the question on the page: every chart's id begins with it. */
  readonly id: string;
  readonly implementations: readonly ReportedImplementation[];
}

/** The trends of one question, a chart for each metric; all have the same results on their x axis. */
export function trendCharts(place: TrendPlace, trends: readonly Trend[], model: ModelTrends): LineChart[] {
  const results = resultsOf(trends);
  const changes = environmentEvents(trends, model, results);
  return [...Map.groupBy(trends, ({ metricId }) => metricId).values()].map((own) =>
    trendChart(place, own, results, changes),
  );
}

/** Nothing is seen of more points than this on a screen. */
const maxResultCount = 240;

/** Every result that any of the trends shows, oldest first; of very many the newest. */
export function resultsOf(trends: readonly Trend[]): readonly ResultSource[] {
  const all = trends.flatMap(({ points, setAside }) => [...points, ...setAside]);
  const byRun = new Map(all.map((source) => [source.runId, source]));
  const ordered = [...byRun.values()].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
  return ordered.slice(-maxResultCount);
}

function placeOf(results: readonly ResultSource[], { runId }: Pick<ResultSource, 'runId'>): number {
  return results.findIndex((result) => result.runId === runId) + 1;
}

/** Between the last result of the old environment and the first of the new one. */
function environmentEvents(
  [first]: readonly Trend[],
  { environmentChanges }: ModelTrends,
  results: readonly ResultSource[],
): ChartEvent[] {
  if (first === undefined) return [];
  const question = questionId(first.cell);
  const own = environmentChanges.filter(({ cells }) => cells.some((cell) => questionId(cell) === question));
  return [...Map.groupBy(own, (change) => placeOf(results, change))].flatMap(([place, changes]) => {
    const text = changes.map(({ field, before, after }) => `${field}: ${before} → ${after}`).join('; ');
    return place === 0 ? [] : [{ x: place - 0.5, text, label: null }];
  });
}

function trendChart(
  { id, implementations }: TrendPlace,
  trends: readonly Trend[],
  results: readonly ResultSource[],
  environment: readonly ChartEvent[],
): LineChart {
  const [{ metricId, label, unit }] = trends as readonly [Trend];
  const styleOf = ({ cell }: Trend) =>
    implementations.find((one) => one.id === cell.implementation)?.style ?? unknownStyle;
  const lines = trends.flatMap((trend) => trendLines(trend, styleOf(trend), results));
  const shown = displayUnit(unit);
  const changed = trends.flatMap((trend) => levelEvents(trend, results));
  return {
    kind: 'lines',
    id: `${id}-${metricId}`,
    title: `${label.charAt(0).toUpperCase()}${label.slice(1)}`,
    howToRead: howToRead(trends, environment.length > 0),
    altText: altText(trends, [...changed, ...environment]),
    unit: shown,
    x: resultAxis(results),
    y: { title: shown, scale: 'linear', ticks: null, min: 0, max: null },
    lines,
    markPoints: true,
    cursorGroup: id,
    events: [...environment, ...changed],
  };
}

const unknownStyle: SeriesStyle = { family: 'other', mark: 'circle', shade: 0 };

const maxTickCount = 4;
const maxSubjectLength = 80;

/** Evenly spaced, for nights without a result say nothing. */
function resultAxis(results: readonly ResultSource[]): Axis {
  const step = Math.max(1, Math.ceil(results.length / maxTickCount));
  const ticks = results.flatMap(({ startedAt }, index) =>
    index % step === 0 ? [{ value: index + 1, label: startedAt.slice(0, 10) }] : [],
  );
  const names = results.map((result) => {
    const name = sourceName(result);
    const shown = name.length > maxSubjectLength ? `${name.slice(0, maxSubjectLength)}…` : name;
    return result.commit === null ? shown : `${result.startedAt.slice(0, 10)} ${shown}`;
  });
  return { title: 'results, oldest first', scale: 'linear', ticks, min: 0.5, max: results.length + 0.5, names };
}

/** The trend, and fainter what was measured under other settings. */
function trendLines(trend: Trend, style: SeriesStyle, results: readonly ResultSource[]): Line[] {
  const { cell, unit, points, setAside } = trend;
  const shown = (value: number) => displayValue(unit, value);
  const at = (source: ResultSource, value: number, factor: number, interval: (typeof points)[number]['interval']) => ({
    x: placeOf(results, source),
    y: shown(value * factor),
    whisker: interval === null ? null : ([shown(interval.low * factor), shown(interval.high * factor)] as const),
  });
  const isPlaced = ({ x }: LinePoint) => x > 0;
  const kept: LinePoint[] = points.flatMap((point) => {
    const { value, normalisedValue, interval } = point;
    if (normalisedValue === null) return [];
    return [at(point, value, value === 0 ? 1 : normalisedValue / value, interval)].filter(isPlaced);
  });
  const others: LinePoint[] = setAside.map((point) => at(point, point.value, 1, point.interval)).filter(isPlaced);
  const name = cell.implementation;
  return [
    ...(kept.length === 0 ? [] : [{ label: name, style, recordedOn: null, points: kept }]),
    ...(others.length === 0
      ? []
      : [{ label: `${name} (other settings)`, style, recordedOn: 'other settings', points: others }]),
  ];
}

function levelEvents({ cell, changePoint }: Trend, results: readonly ResultSource[]): ChartEvent[] {
  if (changePoint === null) return [];
  const text = `${cell.implementation}: ${changePointText(changePoint)}`;
  return [{ x: placeOf(results, changePoint.at), text, label: cell.implementation }];
}

function howToRead(trends: readonly Trend[], hasChanges: boolean): string {
  const isRinged = trends.some(({ changePoint }) => changePoint !== null);
  return [
    `Medians of each result${trends[0]?.better === 'lower' ? '; lower is better' : ''}. Thin lines: the interval of the median.`,
    ...(isRinged ? ['Ring: the level changed here.'] : []),
    ...(hasChanges ? ['Dashed: the environment changed here.'] : []),
  ].join(' ');
}

function altText(trends: readonly Trend[], events: readonly ChartEvent[]): string {
  const ranges = trends.flatMap(({ cell, unit, points }) => {
    const known = points.flatMap(({ normalisedValue }) => normalisedValue ?? []);
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined) return [];
    return [
      `${cell.implementation} from ${formatFigure(unit, first)} to ${formatFigure(unit, last)} ${displayUnit(unit)}`,
    ];
  });
  return `${ranges.join(', ')}.${events.length === 0 ? '' : ` ${events.map(({ text }) => text).join('; ')}.`}`;
}
