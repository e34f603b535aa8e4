import { csvField } from '../../model/foreign-text.ts';
import type { Axis, Chart } from '../charts/chart.ts';

/** Everything that a chart draws, as rows. */
export interface ChartData {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export function chartData(chart: Chart): ChartData {
  if (chart.kind === 'lines') return lineData(chart);
  if (chart.kind === 'strips') return stripData(chart);
  return chart.kind === 'bars' ? barData(chart) : dotData(chart);
}

/** A row for each trial. */
function stripData({ strips, unit }: Extract<Chart, { kind: 'strips' }>): ChartData {
  return {
    heads: ['series', 'trial', unit],
    rows: strips.flatMap(({ label, values }) => values.map((value, index) => [label, index + 1, value])),
  };
}

function barData({ bars, unit }: Extract<Chart, { kind: 'bars' }>): ChartData {
  const markNames = [...new Set(bars.flatMap(({ marks }) => marks.map(({ name }) => name)))];
  const hasRange = bars.some(({ whisker }) => whisker !== null);
  return {
    heads: ['series', unit, ...(hasRange ? ['min', 'max'] : []), ...markNames],
    rows: bars.map(({ label, value, whisker, marks }) => [
      label,
      value,
      ...(hasRange ? [whisker?.[0] ?? null, whisker?.[1] ?? null] : []),
      ...markNames.map((name) => marks.find((mark) => mark.name === name)?.value ?? null),
    ]),
  };
}

function dotData({ dots, unit }: Extract<Chart, { kind: 'dots' }>): ChartData {
  return {
    heads: ['series', 'text', unit, 'min', 'max', 'ring'],
    rows: dots.map(({ label, text, value, whisker, ring }) => [
      label,
      text,
      value,
      whisker?.[0] ?? null,
      whisker?.[1] ?? null,
      ring?.value ?? null,
    ]),
  };
}

/** A row for each point. */
function lineData({ lines, x, unit }: Extract<Chart, { kind: 'lines' }>): ChartData {
  const hasRange = lines.some(({ points }) => points.some(({ whisker }) => whisker !== null));
  return {
    heads: ['series', x.title, unit, ...(hasRange ? ['min', 'max'] : [])],
    rows: lines.flatMap(({ label, points }) =>
      points.map(({ x: at, y, whisker }) => [
        label,
        x.names?.[at - 1] ?? xValue(x, at),
        y,
        ...(hasRange ? [whisker?.[0] ?? null, whisker?.[1] ?? null] : []),
      ]),
    ),
  };
}

/** A percentile is read back from its place on the axis: what lies beyond it is known to three digits. */
export function xValue(axis: Axis, x: number): number {
  if (axis.scale !== 'percentile') return x;
  const beyond = Number((100 * 10 ** -x).toPrecision(3));
  return Number((100 - beyond).toPrecision(7));
}

/** RFC 4180. */
export function chartCsv(chart: Chart): string {
  const { heads, rows } = chartData(chart);
  return [heads, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}
