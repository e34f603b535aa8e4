import type { Metric } from '../model/metric.ts';
import type { Bar, Series } from './chart.ts';
import { formatFigure, formatRange, shownUnit, shownValue } from './format.ts';
import type { Cell, Row } from './model.ts';

/** What a chart of one cell is made of. */
export type Facts = Pick<Cell, 'id' | 'place' | 'rows' | 'references' | 'published'>;

export function seriesOf(row: Row): Series {
  const label = row.source === null ? row.who.implementation : `${row.who.implementation} (recorded)`;
  return { label, style: row.who.style, recordedOn: row.source?.label ?? null };
}

export function bars(metric: Metric, rows: readonly Row[], marks: (row: Row) => Bar['marks']): Bar[] {
  return rows.flatMap((row) => {
    const range = row.figures[metric.id] ?? null;
    if (range === null) return [];
    const shown = (value: number) => shownValue(metric.unit, value);
    const whisker = range.values.length > 1 ? ([shown(range.min), shown(range.max)] as const) : null;
    const text = formatFigure(metric.unit, range.median);
    return [{ ...seriesOf(row), value: shown(range.median), text, whisker, marks: marks(row) }];
  });
}

export function spoken(metric: Metric, rows: readonly Row[]): string {
  const known = rows.flatMap((row) => {
    const range = row.figures[metric.id] ?? null;
    return range === null
      ? []
      : [`${seriesOf(row).label} ${formatRange(metric.unit, range)} ${shownUnit(metric.unit)}`];
  });
  return known.join(', ');
}
