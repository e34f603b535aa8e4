import { metricOf } from './answer.ts';
import type { BarChart, Line, LineChart } from './chart.ts';
import { formatNumber } from './format.ts';
import type { Row } from './model.ts';
import { bars, type Facts, seriesOf, spoken } from './row-bars.ts';

/** What others have measured: a line, never an implementation. */
export const publishedLabel = 'published';

/** How many of the elections were over within a time, with the published figures beside them. */
export function electionCurves({ id, place, published }: Facts, rows: readonly Row[]): LineChart {
  const lines = rows.flatMap((row) => curveOf(row));
  const reference = lines.length === 0 ? [] : referenceLine(published);
  return {
    kind: 'lines',
    id: `${id}-elections`,
    title: 'Election times',
    howToRead:
      'Of 100 crashes of the leader, after how many did every other node have a heartbeat of the next leader within this time. Further left is better; a step to the right is a split vote.',
    alternative: `Election times ${place}: ${lines.map(spokenLine).join('; ')}.`,
    unit: '%',
    x: { title: 'ms since the crash', scale: 'linear', ticks: null, min: 0, max: null },
    y: { title: 'elections over, %', scale: 'linear', ticks: [0, 25, 50, 75, 90, 100].map(tick), min: 0, max: 100 },
    lines: [...lines, ...reference],
    markPoints: false,
  };
}

function tick(value: number) {
  return { value, label: String(value) };
}

const mostPoints = 200;

/** The empirical distribution; elections that never ended keep it below 100 %. */
function curveOf(row: Row): Line[] {
  if (row.elections === null || row.elections.timesMs.length === 0) return [];
  const { timesMs, unendedCount } = row.elections;
  const count = timesMs.length + unendedCount;
  const step = Math.max(1, Math.floor(timesMs.length / mostPoints));
  const points = timesMs.flatMap((timeMs, index) =>
    index % step === 0 || index === timesMs.length - 1
      ? [{ x: timeMs, y: (100 * (index + 1)) / count, whisker: null }]
      : [],
  );
  return [{ ...seriesOf(row), points }];
}

function referenceLine(published: Facts['published']): Line[] {
  if (published === null || published.quantiles.length === 0) return [];
  const points = published.quantiles.map(({ probabilityRatio, valueMs }) => ({
    x: valueMs,
    y: 100 * probabilityRatio,
    whisker: null,
  }));
  return [{ label: publishedLabel, style: { family: 'other', variant: 0 }, recordedOn: published.source, points }];
}

function spokenLine(line: Line): string {
  const middle = line.points.find(({ y }) => (y ?? 0) >= 50)?.x;
  return `${line.label} half within ${middle === undefined ? 'unknown' : formatNumber(middle)} ms`;
}

/** What clients saw of a lost leader. */
export function gapBars({ id, place }: Facts, rows: readonly Row[]): BarChart {
  const metric = metricOf('outage-p50');
  return {
    kind: 'bars',
    id: `${id}-gap`,
    title: 'Gap after the leader is lost',
    howToRead:
      'From the moment the first request that was not served was due until the first one after it was answered: what a client that tries again waits at most. Bar: median over the crashes. Shorter is better.',
    alternative: `Gap for clients ${place}: ${spoken(metric, rows)}.`,
    unit: 'ms',
    bars: bars(metric, rows, () => []),
    line: null,
  };
}
