import { metricOf } from './answer.ts';
import type { Line } from './chart.ts';
import { shownValue } from './format.ts';
import type { Cell, Row } from './model.ts';
import { seriesOf } from './row-bars.ts';

/** One figure of everybody across the cells of a group, at the x that a cell stands for; only values above `above` are drawn. */
export function figureLines(
  cells: readonly Cell[],
  metricId: string,
  xOf: (cell: Cell) => number,
  above = Number.NEGATIVE_INFINITY,
): Line[] {
  const placed = cells.flatMap((cell) => [...cell.rows, ...cell.references].map((row) => ({ row, x: xOf(cell) })));
  const bySeries = Map.groupBy(placed, ({ row }) => `${row.who.implementation}\n${row.source?.label ?? ''}`);
  return [...bySeries.values()].flatMap((entries) => {
    const points = entries.flatMap(({ row, x }) => pointOf(row, metricId, x, above));
    const [first] = entries;
    return first === undefined || points.length === 0 ? [] : [{ ...seriesOf(first.row), points }];
  });
}

function pointOf(row: Row, metricId: string, x: number, above: number) {
  const range = row.figures[metricId] ?? null;
  if (range === null || range.min <= above) return [];
  const shown = (value: number) => shownValue(metricOf(metricId).unit, value);
  const whisker = range.values.length > 1 ? ([shown(range.min), shown(range.max)] as const) : null;
  return [{ x, y: shown(range.median), whisker }];
}
