import type { Metric } from '../../model/metric.ts';
import { displayUnit, displayValue, formatFigure, formatRange } from '../format.ts';
import type { Question, Row } from '../model.ts';
import type { Bar, LinePoint, Series } from './chart.ts';

/** What a chart of one question is made of. */
export type QuestionFacts = Pick<Question, 'id' | 'conditions' | 'rows' | 'references' | 'published'>;

export function rowSeries(row: Row): Series {
  const label = row.source === null ? row.implementation.id : `${row.implementation.id} (recorded)`;
  return { label, style: row.implementation.style, recordedOn: row.source?.label ?? null };
}

export function metricBars(metric: Metric, rows: readonly Row[], marks: (row: Row) => Bar['marks']): Bar[] {
  return rows.flatMap((row) => {
    const range = row.figures[metric.id] ?? null;
    if (range === null) return [];
    const shown = (value: number) => displayValue(metric.unit, value);
    const whisker = range.values.length > 1 ? ([shown(range.min), shown(range.max)] as const) : null;
    const text = formatFigure(metric.unit, range.median);
    return [{ ...rowSeries(row), value: shown(range.median), text, whisker, marks: marks(row) }];
  });
}

export function metricAltText(metric: Metric, rows: readonly Row[]): string {
  const known = rows.flatMap((row) => {
    const range = row.figures[metric.id] ?? null;
    return range === null
      ? []
      : [`${rowSeries(row).label} ${formatRange(metric.unit, range)} ${displayUnit(metric.unit)}`];
  });
  return known.join(', ');
}

/** A longer series is thinned; nothing is seen of more points than this on a screen. */
export const maxPointCount = 240;

export const thinnedText = `The series is thinned to ${maxPointCount} points: the lowest and the highest of each stretch.`;

/** Of each stretch of a long series its lowest and its highest point, in their order: no peak is lost. */
export function thinned(points: readonly LinePoint[]): readonly LinePoint[] {
  if (points.length <= maxPointCount) return points;
  const stretchCount = maxPointCount / 2;
  return Array.from({ length: stretchCount }, (_, index) => {
    const from = Math.floor((index * points.length) / stretchCount);
    const stretch = points.slice(from, Math.floor(((index + 1) * points.length) / stretchCount));
    const known = stretch.filter(({ y }) => y !== null).sort((a, b) => (a.y ?? 0) - (b.y ?? 0));
    return [...new Set([known[0], known.at(-1)])].filter((point) => point !== undefined).sort((a, b) => a.x - b.x);
  }).flat();
}
