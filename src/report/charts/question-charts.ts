import { metricById } from '../../model/metric.ts';
import { formatNumber, toMebibytes } from '../format.ts';
import type { CurvePoint, LatencyFigure, LatencyKind, OverTime, Row } from '../model.ts';
import {
  type Axis,
  type Bar,
  type BarChart,
  type Chart,
  chartSeries,
  type Line,
  type LineChart,
  type Series,
} from './chart.ts';
import { electionCurves, unavailabilityBars } from './election-charts.ts';
import {
  maxPointCount,
  metricAltText,
  metricBars,
  type QuestionFacts,
  rowSeries,
  thinned,
  thinnedText,
} from './series.ts';

/** The pictures of one workload at one rate; one that would show nothing is not there. */
export function questionCharts(facts: QuestionFacts): Chart[] {
  const rows = [...facts.rows, ...facts.references];
  const all = [
    electionCurves,
    unavailabilityBars,
    cpuBars,
    memoryBars,
    responseCurves,
    serviceCurves,
    ...latencyChoices.map(({ kind, percentile }) => latencyBars(kind, percentile)),
    coresOverTime,
    memoryOverTime,
    responseOverTime,
    generatorDelayBars,
  ];
  return all.map((draw) => draw(facts, rows)).filter((chart) => chartSeries(chart).length > 0);
}

function cpuBars({ id, conditions }: QuestionFacts, rows: readonly Row[]): BarChart {
  const metric = metricById('cpu-per-request');
  return {
    kind: 'bars',
    id: `${id}-cpu`,
    title: 'CPU per request',
    howToRead:
      'CPU time of one request, all processes of the service together. Bar: median trial; thin line: minimum to maximum trial. Shorter is better.',
    altText: `CPU per request ${conditions}: ${metricAltText(metric, rows)}.`,
    unit: 'ms',
    bars: metricBars(metric, rows, () => []),
    line: null,
  };
}

function memoryBars({ id, conditions }: QuestionFacts, rows: readonly Row[]): BarChart {
  const metric = metricById('memory-median');
  const mark = (row: Row, metricId: string, name: string, shape: Bar['marks'][number]['shape']) => {
    const range = row.figures[metricId] ?? null;
    return range === null ? [] : [{ name, shape, value: toMebibytes(range.median) }];
  };
  return {
    kind: 'bars',
    id: `${id}-memory`,
    title: 'Private memory',
    howToRead:
      'Memory of the service alone, by phase. Ring: idle, before the first request; bar: median under load; tick: peak; cross: after the load. Shorter is better.',
    altText: `Private memory under load ${conditions}: ${metricAltText(metric, rows)}.`,
    unit: 'MiB',
    bars: metricBars(metric, rows, (row) => [
      ...mark(row, 'memory-idle', 'idle', 'ring'),
      ...mark(row, 'memory-peak', 'peak', 'tick'),
      ...mark(row, 'memory-after', 'after', 'cross'),
    ]),
    line: null,
  };
}

function generatorDelayBars({ id, conditions }: QuestionFacts, rows: readonly Row[]): BarChart {
  const shares = rows.flatMap((row) => {
    const ratio = row.source === null ? (row.generator?.generatorDelayShareRatio ?? null) : null;
    return ratio === null
      ? []
      : [{ ...rowSeries(row), value: ratio * 100, text: formatNumber(ratio * 100), whisker: null, marks: [] }];
  });
  return {
    kind: 'bars',
    id: `${id}-generator`,
    title: 'Share of the response time that the generator caused',
    howToRead:
      'Generator delay (p50) as a share of the response time (p50). Beyond the line, response times are discarded.',
    altText: `Share of the response time that the generator caused ${conditions}: ${shares
      .map(({ label, value }) => `${label} ${formatNumber(value)} %`)
      .join(', ')}.`,
    unit: '%',
    bars: shares,
    line: { value: 10, label: 'discarded beyond 10 %' },
  };
}

/** Where a percentile stands on an axis that gives each further nine the same room. */
function percentilePosition(percentile: number): number {
  return -Math.log10(1 - percentile / 100);
}

const percentileTicks = [50, 90, 99, 99.9, 99.99].map((percentile) => ({
  value: percentilePosition(percentile),
  label: `${percentile} %`,
}));

export const latencyChoices = (['response', 'service'] as const).flatMap((kind) =>
  ([50, 90, 99, 99.9] as const).map((percentile) => ({ kind, percentile })),
);

export const latencyMeanings: Readonly<Record<LatencyKind, string>> = {
  response: 'counted from the moment each was due',
  service: 'counted from the moment each was sent, so waiting to be sent is not in it',
};

/** One percentile of every implementation. */
function latencyBars(kind: LatencyKind, percentile: LatencyFigure['percentile']) {
  return ({ id, conditions }: QuestionFacts, rows: readonly Row[]): BarChart => {
    const bars = rows.flatMap((row) => {
      const figure = row.latencies[kind].find((one) => one.percentile === percentile);
      if (figure === undefined) return [];
      const { medianMs, range } = figure;
      return [{ ...rowSeries(row), value: medianMs, text: formatNumber(medianMs), whisker: range, marks: [] }];
    });
    return {
      kind: 'bars',
      id: `${id}-latency-${kind}-${percentile}`.replace('.', '_'),
      slot: `${id}-latency`,
      choice: { latency: kind, percentile },
      title: `${latencyNames[kind]} p${percentile}`,
      howToRead: `${percentile} % of the requests were answered within this time, ${latencyMeanings[kind]}. Bar: median trial (all trials pooled where one has too few requests); thin line: minimum to maximum trial. Shorter is better.`,
      altText: `${latencyNames[kind]} p${percentile} ${conditions}: ${bars.map(({ label, text }) => `${label} ${text} ms`).join(', ')}.`,
      unit: 'ms',
      bars,
      line: null,
    };
  };
}

export const latencyNames: Readonly<Record<LatencyKind, string>> = {
  response: 'Response time',
  service: 'Service time',
};

function responseCurves(facts: QuestionFacts, rows: readonly Row[]): LineChart {
  return percentileCurves(facts, rows, 'response');
}

function serviceCurves(facts: QuestionFacts, rows: readonly Row[]): LineChart {
  return percentileCurves(facts, rows, 'service');
}

function percentileCurves({ id, conditions }: QuestionFacts, rows: readonly Row[], kind: LatencyKind): LineChart {
  const curves = rows.map((row) => ({
    series: rowSeries(row),
    points: kind === 'response' ? row.curve : row.serviceCurve,
  }));
  return latencyCurves({ id, conditions }, kind, curves);
}

/** One line a series, without those that have none. */
export function latencyCurves(
  { id, conditions }: Pick<QuestionFacts, 'id' | 'conditions'>,
  kind: LatencyKind,
  all: readonly { readonly series: Series; readonly points: readonly CurvePoint[] }[],
): LineChart {
  const curves = all.filter((curve) => curve.points.length > 0);
  const points = curves.flatMap((curve) => curve.points);
  const values = points.map(({ valueMs }) => valueMs);
  const furthest = Math.max(0, ...points.map(({ percentile }) => percentile));
  const name = `${latencyNames[kind]}s`;
  return {
    kind: 'lines',
    id: `${id}-percentiles-${kind}`,
    slot: `${id}-percentiles`,
    choice: { latency: kind, percentile: null },
    title: name,
    howToRead: `The share of requests answered within a time, ${latencyMeanings[kind]}. The rare slow ones are on the right: flat and low is better. All trials pooled.`,
    altText: `${name} ${conditions}, pooled over trials: ${curves.map((curve) => percentileAltText(curve.series, curve.points)).join('; ')}.`,
    unit: 'ms',
    x: {
      title: 'share of requests answered within',
      scale: 'percentile',
      ticks: percentileTicks.filter(({ value }) => value <= percentilePosition(furthest) + 0.01),
      min: 0,
      max: null,
    },
    y: latencyAxis('ms', values),
    lines: curves.map((curve) => ({ ...curve.series, points: curve.points.map(curvePoint) })),
    markPoints: false,
  };
}

function curvePoint({ percentile, valueMs }: CurvePoint) {
  return { x: percentilePosition(percentile), y: valueMs, whisker: null };
}

function percentileAltText({ label }: Series, curve: readonly CurvePoint[]): string {
  const at = (percentile: number) => curve.findLast((point) => point.percentile <= percentile)?.valueMs ?? 0;
  return `${label} p50 ${formatNumber(at(50))} ms, p90 ${formatNumber(at(90))} ms`;
}

/** Logarithmic only where a linear axis would press most curves to the ground. */
function latencyAxis(title: string, values: readonly number[]): Axis {
  const wide = Math.max(...values) > 25 * Math.min(...values) && Math.min(...values) > 0;
  return { title, scale: wide ? 'logarithmic' : 'linear', ticks: null, min: wide ? null : 0, max: null };
}

function coresOverTime(facts: QuestionFacts, rows: readonly Row[]): LineChart {
  return overTimeChart(facts, rows, 'coresUsed', {
    id: `${facts.id}-cores-over-time`,
    title: 'CPU over time',
    howToRead: 'CPU cores used in each second; median of the trials. A level line is a steady service.',
    unit: 'cores',
    shown: (value) => value,
  });
}

function memoryOverTime(facts: QuestionFacts, rows: readonly Row[]): LineChart {
  return overTimeChart(facts, rows, 'privateBytes', {
    id: `${facts.id}-memory-over-time`,
    title: 'Private memory over time',
    howToRead: 'Median of the trials. A line that keeps rising at a fixed rate may be a leak: run longer.',
    unit: 'MiB',
    shown: toMebibytes,
  });
}

function responseOverTime(facts: QuestionFacts, rows: readonly Row[]): LineChart {
  return overTimeChart(facts, rows, 'responseP50Ms', {
    id: `${facts.id}-response-over-time`,
    title: 'Response time over time',
    howToRead: 'Half of the requests due in a second were answered within this time. Median of the trials.',
    unit: 'ms',
    shown: (value) => value,
  });
}

interface OverTimeSpec {
  readonly id: string;
  readonly title: string;
  readonly howToRead: string;
  readonly unit: string;
  shown(value: number): number;
}

function overTimeChart(
  facts: QuestionFacts,
  rows: readonly Row[],
  what: keyof OverTime,
  spec: OverTimeSpec,
): LineChart {
  const { shown, ...texts } = spec;
  const longest = Math.max(0, ...rows.map((row) => row.overTime?.[what].length ?? 0));
  const lines: Line[] = rows.flatMap((row) => {
    const points = (row.overTime?.[what] ?? []).map((value, second) => ({
      // The centre of its second.
      x: second + 0.5,
      y: value === null ? null : shown(value),
      whisker: null,
    }));
    return points.some((point) => point.y !== null) ? [{ ...rowSeries(row), points: thinned(points) }] : [];
  });
  return {
    kind: 'lines',
    ...texts,
    howToRead: `${spec.howToRead}${longest > maxPointCount ? ` ${thinnedText}` : ''}`,
    cursorGroup: `${facts.id}-over-time`,
    altText: `${spec.title} ${facts.conditions}: ${lines.map((line) => spanAltText(line, spec.unit)).join('; ')}.`,
    x: { title: 'seconds into the measured window', scale: 'linear', ticks: null, min: 0, max: null },
    y: { title: spec.unit, scale: 'linear', ticks: null, min: 0, max: null },
    lines,
    markPoints: false,
  };
}

function spanAltText(line: Line, unit: string): string {
  const values = line.points.flatMap(({ y }) => (y === null ? [] : [y]));
  return `${line.label} ${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))} ${unit}`;
}
