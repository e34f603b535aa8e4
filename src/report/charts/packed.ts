import type { Chart, LineChart, LinePoint } from './chart.ts';

/** A chart as the page embeds it: a point is [x, y] or [x, y, from, to], which is a third of its bytes. */
export type PackedChart =
  | Exclude<Chart, LineChart>
  | (Omit<LineChart, 'lines'> & { readonly lines: readonly PackedLine[] });

type PackedLine = Omit<LineChart['lines'][number], 'points'> & { readonly points: readonly PackedPoint[] };
type PackedPoint = readonly [number, number | null] | readonly [number, number | null, number, number];

export function packChart(chart: Chart): PackedChart {
  if (chart.kind !== 'lines') return chart;
  return { ...chart, lines: chart.lines.map((line) => ({ ...line, points: line.points.map(packPoint) })) };
}

function packPoint({ x, y, whisker }: LinePoint): PackedPoint {
  return whisker === null ? [x, y] : [x, y, whisker[0], whisker[1]];
}

export function unpackChart(packed: PackedChart): Chart {
  if (packed.kind !== 'lines') return packed;
  return { ...packed, lines: packed.lines.map((line) => ({ ...line, points: line.points.map(unpackPoint) })) };
}

function unpackPoint([x, y, from, to]: PackedPoint): LinePoint {
  return { x, y, whisker: from === undefined || to === undefined ? null : [from, to] };
}
