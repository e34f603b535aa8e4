import type { Metric } from '../../model/metric.ts';
import { displayUnit, displayValue, formatFigure, formatRange } from '../format.ts';
import type { Question, Row } from '../model.ts';
import type { Bar, Series } from './chart.ts';

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
