import { plainTable } from './html-detail.ts';
import { sign } from './html-series.ts';
import { type Child, h } from './markup.ts';
import type { Cell, Row } from './model.ts';
import { comparisonText } from './published.ts';
import { clusterColumns, columnsFor, reasonText, type ShortColumn } from './short-table.ts';

/** The figures of a question in which nothing is sent: elections and nodes instead of requests. */
export function quietTable({ place }: Cell, rows: readonly Row[]): Child {
  return tableOf(`Figures ${place}`, columnsFor(rows), rows);
}

/** Beside the figures of the requests, those of the elections that happened meanwhile. */
export function electionTable({ place, rows }: Cell): Child {
  const columns = clusterColumns(rows);
  return columns.length < 2 ? null : tableOf(`Elections ${place}`, columns, rows);
}

function tableOf(caption: string, columns: readonly ShortColumn[], rows: readonly Row[]): Child {
  const lines = rows.map((row): Child[] =>
    columns.map(({ text }, index) => {
      if (index === 0) return [sign(row.who.style), text(row)];
      const isReason = row.okCount === 0 && index === columns.length - 1;
      return isReason ? reasonText(row) : text(row);
    }),
  );
  return plainTable(
    caption,
    columns.map(({ head }) => head.replace('\n', ' ')),
    lines,
  );
}

/** Published figures, ours with their interval, and whether they agree. */
export function publishedList({ rows, published }: Cell): Child {
  const lines = rows.flatMap(({ who, elections }) =>
    (elections?.comparisons ?? []).map((comparison) =>
      h(
        'li',
        { class: comparison.verdict },
        h('b', { class: 'whose' }, who.implementation),
        ` ${comparisonText(comparison)}`,
      ),
    ),
  );
  if (lines.length === 0) return null;
  return [h('ul', { class: 'notes' }, ...lines), h('p', { class: 'aside' }, `Published: ${published?.source ?? ''}.`)];
}
