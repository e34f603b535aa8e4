import { clusterId } from '../../model/cell-key.ts';
import { metricById } from '../../model/metric.ts';
import { displayUnit, displayValue, formatNumber } from '../format.ts';
import type { LargestCluster, Question, Row } from '../model.ts';
import { largestClusterText } from '../sentences.ts';
import type { Axis, BarChart, Line, LineChart, LinePoint } from './chart.ts';
import { latencyChoices, latencyMeanings, latencyNames } from './question-charts.ts';
import { rowSeries } from './series.ts';

interface RateMetric {
  readonly metricId: string;
  readonly title: string;
  readonly howToRead: string;
}

const rateMetrics: readonly RateMetric[] = [
  {
    metricId: 'cpu-per-request',
    title: 'CPU per request by rate',
    howToRead: 'Fixed work is shared by more requests at a higher rate, so lines usually fall. Lower is better.',
  },
  {
    metricId: 'cores-used',
    title: 'Cores used by rate',
    howToRead: 'The slope is the cost of one more request; the value at the left edge is the cost of running at all.',
  },
  {
    metricId: 'memory-median',
    title: 'Private memory by rate',
    howToRead: 'Median under load. Thin lines at each point: minimum to maximum trial.',
  },
];

/** The same questions with the rate on the x axis; none for a single rate. */
export function rateCharts(groupId: string, questions: readonly Question[]): LineChart[] {
  const rates = questions.map((question) => question.ratePerSec);
  if (new Set(rates).size < 2) return [];
  const latencies = latencyChoices.map((choice) => latencyByRate(groupId, questions, rates, choice));
  const costs = rateMetrics.map((charted) => rateChart(groupId, questions, rates, charted));
  return [...costs, ...latencies].filter(({ lines }) => lines.length > 0);
}

/** One percentile of the latency over the rate. */
function latencyByRate(
  groupId: string,
  questions: readonly Question[],
  rates: readonly number[],
  { kind, percentile }: (typeof latencyChoices)[number],
): LineChart {
  const lines = linesOver(questions, (row, question) => {
    const figure = row.latencies[kind].find((one) => one.percentile === percentile);
    return figure === undefined ? [] : [{ x: question.ratePerSec, y: figure.medianMs, whisker: figure.range }];
  });
  const title = `${latencyNames[kind]} (p${percentile}) by rate`;
  return {
    kind: 'lines',
    id: `${groupId}-by-rate-latency-${kind}-${percentile}`.replace('.', '_'),
    slot: `${groupId}-by-rate-latency`,
    choice: { latency: kind, percentile },
    title,
    howToRead: `${percentile} % of the requests were answered within this time, ${latencyMeanings[kind]}. A line that bends upwards is near saturation.`,
    altText: `${title}: ${lines.map((line) => rateAltText(line, 'ms')).join('; ')}.`,
    unit: 'ms',
    isByRate: true,
    x: rateAxis(rates),
    y: { title: 'ms', scale: 'linear', ticks: null, min: 0, max: null },
    lines,
    markPoints: true,
  };
}

function rateAxis(rates: readonly number[]): Axis {
  return {
    title: 'requests a second',
    scale: 'linear',
    ticks: [0, ...rates].map((rate) => ({ value: rate, label: String(rate) })),
    min: 0,
    max: null,
  };
}

function rateChart(
  groupId: string,
  questions: readonly Question[],
  rates: readonly number[],
  charted: RateMetric,
): LineChart {
  const { unit } = metricById(charted.metricId);
  const lines = metricLines(questions, charted.metricId, (question) => question.ratePerSec);
  return {
    kind: 'lines',
    id: `${groupId}-by-rate-${charted.metricId}`,
    title: charted.title,
    howToRead: charted.howToRead,
    altText: `${charted.title}: ${lines.map((line) => rateAltText(line, displayUnit(unit))).join('; ')}.`,
    unit: displayUnit(unit),
    isByRate: true,
    x: rateAxis(rates),
    y: { title: displayUnit(unit), scale: 'linear', ticks: null, min: 0, max: null },
    lines,
    markPoints: true,
  };
}

function rateAltText(line: Line, unit: string): string {
  const values = line.points.map(({ x, y }) => `${y === null ? 'unknown' : formatNumber(y)} ${unit} at ${x}/s`);
  return `${line.label} ${values.join(', ')}`;
}

interface SizeMetric {
  readonly metricId: string;
  readonly title: string;
  readonly howToRead: string;
}

const sizeMetrics: readonly SizeMetric[] = [
  {
    metricId: 'node-memory',
    title: 'Private memory of a node by cluster size',
    howToRead:
      'The program’s memory divided by its nodes: a larger cluster spreads the runtime’s own memory over more nodes. The level on the right is the cost of one more node. Both axes are logarithmic.',
  },
  {
    metricId: 'node-cpu',
    title: 'CPU of an idle node by cluster size',
    howToRead:
      'CPU time a second for heartbeats alone. The leader sends to every node, so the total grows with the cluster and the share of each node should not. Both axes are logarithmic.',
  },
  {
    metricId: 'election-p50',
    title: 'Election time (p50) by cluster size',
    howToRead:
      'With more nodes the shortest of their random time-outs is shorter, so elections should get slightly shorter. A rise is the cost of handling messages.',
  },
];

/** The same questions with the size of the cluster on the x axis; none for a single size. */
export function sizeCharts(groupId: string, all: readonly Question[]): LineChart[] {
  const questions = largestComparableSet(all);
  const sizes = [...new Set(questions.flatMap(({ cluster }) => cluster?.size ?? []))].sort((a, b) => a - b);
  if (sizes.length < 2 || questions.some(({ ratePerSec }) => ratePerSec > 0)) return [];
  return sizeMetrics
    .map((charted) => sizeChart(groupId, questions, sizes, charted))
    .filter(({ lines }) => lines.length > 0);
}

/** Only the size may differ along a line: of all time-outs, delays and conditions those that cover the most sizes. */
function largestComparableSet(questions: readonly Question[]): readonly Question[] {
  const conditions = ({ cluster }: Question) => clusterId(cluster === null ? null : { ...cluster, size: 0 });
  const alike = [...Map.groupBy(questions, conditions).values()];
  return alike.reduce((longest, same) => (same.length > longest.length ? same : longest), []);
}

function sizeChart(
  groupId: string,
  questions: readonly Question[],
  sizes: readonly number[],
  charted: SizeMetric,
): LineChart {
  const { unit } = metricById(charted.metricId);
  // Nothing at or below zero has a place on a logarithmic axis.
  const lines = metricLines(questions, charted.metricId, (question) => question.cluster?.size ?? 0, 0);
  const shown = displayUnit(unit);
  return {
    kind: 'lines',
    id: `${groupId}-by-size-${charted.metricId}`,
    title: charted.title,
    howToRead: charted.howToRead,
    altText: `${charted.title}: ${lines.map((line) => sizeAltText(line, shown)).join('; ')}.`,
    unit: shown,
    x: {
      title: 'nodes',
      scale: 'logarithmic',
      ticks: sizes.map((size) => ({ value: size, label: String(size) })),
      min: null,
      max: null,
    },
    y: { title: shown, scale: 'logarithmic', ticks: null, min: null, max: null },
    lines,
    markPoints: true,
  };
}

function sizeAltText(line: Line, unit: string): string {
  const values = line.points.map(({ x, y }) => `${formatNumber(y ?? 0)} ${unit} at ${x} nodes`);
  return `${line.label} ${values.join(', ')}`;
}

/** One figure of every implementation across the questions of a group, at the x of each question; only values above `above` are drawn. */
function metricLines(
  questions: readonly Question[],
  metricId: string,
  xOf: (question: Question) => number,
  above = Number.NEGATIVE_INFINITY,
): Line[] {
  return linesOver(questions, (row, question) => metricPoint(row, metricId, xOf(question), above));
}

/** A line for every implementation of this run and of each recorded one, through what `pointsOf` finds in each question. */
function linesOver(
  questions: readonly Question[],
  pointsOf: (row: Row, question: Question) => readonly LinePoint[],
): Line[] {
  const placed = questions.flatMap((question) =>
    [...question.rows, ...question.references].map((row) => ({ row, question })),
  );
  const bySeries = Map.groupBy(placed, ({ row }) => `${row.implementation.id}\n${row.source?.label ?? ''}`);
  return [...bySeries.values()].flatMap((entries) => {
    const points = entries.flatMap(({ row, question }) => pointsOf(row, question));
    const [first] = entries;
    return first === undefined || points.length === 0 ? [] : [{ ...rowSeries(first.row), points }];
  });
}

function metricPoint(row: Row, metricId: string, x: number, above: number) {
  const range = row.figures[metricId] ?? null;
  if (range === null || range.min <= above) return [];
  const shown = (value: number) => displayValue(metricById(metricId).unit, value);
  const whisker = range.values.length > 1 ? ([shown(range.min), shown(range.max)] as const) : null;
  return [{ x, y: shown(range.median), whisker }];
}

export function largestClusterBars(groupId: string, largest: readonly LargestCluster[]): BarChart[] {
  if (largest.length === 0) return [];
  return [
    {
      kind: 'bars',
      id: `${groupId}-largest`,
      title: 'Largest cluster',
      howToRead:
        'The most nodes, of the sizes tried, with which a fresh start elected a leader and kept it. The next size failed for the reason given below. Longer is better.',
      altText: `Largest cluster: ${largest.map(largestClusterText).join('. ')}.`,
      unit: 'nodes',
      bars: largest.map(({ row, size }) => ({
        ...rowSeries(row),
        value: size ?? 0,
        text: String(size ?? 0),
        whisker: null,
        marks: [],
      })),
      line: null,
    },
  ];
}
