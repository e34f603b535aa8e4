import { metricById } from '../../model/metric.ts';
import { formatNumber } from '../format.ts';
import type { Row } from '../model.ts';
import type { BarChart, Line, LineChart } from './chart.ts';
import { metricAltText, metricBars, type QuestionFacts, rowSeries } from './series.ts';

/** What others have measured: a line, never an implementation. */
export const publishedLabel = 'published';

/** How many of the elections were over within a time, with the published figures beside them. */
export function electionCurves({ id, conditions, published }: QuestionFacts, rows: readonly Row[]): LineChart {
  const lines = rows.flatMap((row) => electionCurve(row));
  const reference = lines.length === 0 ? [] : publishedLine(published);
  return {
    kind: 'lines',
    id: `${id}-elections`,
    title: 'Election times',
    howToRead:
      'The share of leader crashes after which every other node heard from the next leader within this time. Further left is better; a step to the right is a split vote.',
    altText: `Election times ${conditions}: ${lines.map(electionAltText).join('; ')}.`,
    unit: '%',
    x: { title: 'ms since the crash', scale: 'linear', ticks: null, min: 0, max: null },
    y: {
      title: 'elections finished, %',
      scale: 'linear',
      ticks: [0, 25, 50, 75, 90, 100].map(tickAt),
      min: 0,
      max: 100,
    },
    lines: [...lines, ...reference],
    markPoints: false,
  };
}

function tickAt(value: number) {
  return { value, label: String(value) };
}

const maxPoints = 200;

/** The empirical distribution; elections that never ended keep it below 100 %. */
function electionCurve(row: Row): Line[] {
  if (row.elections === null || row.elections.timesMs.length === 0) return [];
  const { timesMs, unfinishedCount } = row.elections;
  const count = timesMs.length + unfinishedCount;
  const step = Math.max(1, Math.floor(timesMs.length / maxPoints));
  const points = timesMs.flatMap((timeMs, index) =>
    index % step === 0 || index === timesMs.length - 1
      ? [{ x: timeMs, y: (100 * (index + 1)) / count, whisker: null }]
      : [],
  );
  return [{ ...rowSeries(row), points }];
}

function publishedLine(published: QuestionFacts['published']): Line[] {
  if (published === null || published.quantiles.length === 0) return [];
  const points = published.quantiles.map(({ probability, valueMs }) => ({
    x: valueMs,
    y: 100 * probability,
    whisker: null,
  }));
  return [
    {
      label: publishedLabel,
      style: { family: 'other', mark: 'cross', shade: 0 },
      recordedOn: published.source,
      points,
    },
  ];
}

function electionAltText(line: Line): string {
  const medianX = line.points.find(({ y }) => (y ?? 0) >= 50)?.x;
  return `${line.label} half within ${medianX === undefined ? 'unknown' : formatNumber(medianX)} ms`;
}

/** What clients saw of a leader's crash. */
export function unavailabilityBars({ id, conditions }: QuestionFacts, rows: readonly Row[]): BarChart {
  const metric = metricById('outage-p50');
  return {
    kind: 'bars',
    id: `${id}-unavailability`,
    title: 'Unavailability after a leader crash',
    howToRead:
      'From the due time of the first request that failed to the first answer after it: the longest that a retrying client waits. Bar: median over the crashes. Shorter is better.',
    altText: `Unavailability for clients ${conditions}: ${metricAltText(metric, rows)}.`,
    unit: 'ms',
    bars: metricBars(metric, rows, () => []),
    line: null,
  };
}
