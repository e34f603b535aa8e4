import Table from 'cli-table3';
import { noBorders } from './no-borders.ts';
import { primitiveColumns, troubleLines } from './primitive-table.ts';
import type { PrimitiveRow, PrimitiveSection } from './primitives.ts';
import { wrap } from './wrap.ts';

const lineWidth = 100;

/** A primitive in the terminal: its table, and what must be known beside it. */
export function primitiveText(section: PrimitiveSection, bold: (text: string) => string): string {
  const rows = worthShowing(section.rows);
  const columns = primitiveColumns(section.facts);
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    colAligns: ['left', ...columns.map(({ align }) => align)],
  });
  table.push(['', ...columns.map(({ head }) => head)]);
  table.push(...rows.map((row) => [row.label, ...columns.map(({ text }) => text(row))]));
  const lines = rows.length === 0 ? [] : trimmed(table.toString());
  const notes = troubleLines(section).map((line) => wrap(line, lineWidth, '    '));
  return [bold(section.facts.title), ...lines, ...notes].join('\n');
}

function trimmed(text: string): string[] {
  return text.split('\n').map((line) => line.trimEnd());
}

/** What was never tried says nothing that its note does not say. */
function worthShowing(rows: readonly PrimitiveRow[]): PrimitiveRow[] {
  return rows.filter(({ okCount }) => okCount > 0);
}
