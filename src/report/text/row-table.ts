import type { Row } from '../model.ts';
import { columnsFor, rowReason, type SummaryColumn } from '../tables/summary-table.ts';
import { alignedLines, clip, columnGap, lineWidth, type TerminalStyles, wrap } from './terminal.ts';

export interface RowTableOptions {
  /** Whether each row has one line, whatever it has to say. */
  readonly isBrief: boolean;
}

/** The rows of a question, no wider than a line. A row without figures says why in their place. */
export function rowTable(rows: readonly Row[], { isBrief }: RowTableOptions, { bold }: TerminalStyles): string[] {
  const { columns, heads } = fittingColumns(rows, isBrief);
  const widths = columnWidths(columns, heads, rows);
  const fit = isBrief ? clip : (text: string, width: number) => wrap(text, width, '');
  const body = rows.map((row) =>
    row.okCount > 0 ? figureTexts(columns, row, widths, fit) : reasonTexts(row, widths, fit),
  );
  const aligns = columns.map(({ align }) => align);
  const shownHeads = heads.map((head) =>
    head
      .split('\n')
      .map((line) => (line === '' ? '' : bold(line)))
      .join('\n'),
  );
  return alignedLines([shownHeads, ...body], { aligns, gap: 'after', widths });
}

/** What a line has no room for, the first to go first; the page has all columns. */
const optionalIds = ['expected-split-votes', 'memory-idle', 'election-max', 'split-votes', 'election-p90', 'elections'];

interface FittingColumns {
  readonly columns: readonly SummaryColumn[];
  readonly heads: readonly string[];
}

/** With heads of one line where there is room for them, else with fewer columns. */
function fittingColumns(rows: readonly Row[], isBrief: boolean): FittingColumns {
  const all = columnsFor(rows).map((column) => (isBrief && column.id === 'note' ? emptyColumn : column));
  const flat = all.map(({ head }) => head.replace('\n', ' '));
  if (isBrief && totalWidth(all, flat, rows) <= lineWidth) return { columns: all, heads: flat };
  const candidates = [...optionalIds, ''].map((_, count) =>
    all.filter(({ id }) => !optionalIds.slice(0, count).includes(id)),
  );
  const fits = (columns: readonly SummaryColumn[]) => totalWidth(columns, headsOf(columns), rows) <= lineWidth;
  const columns = candidates.find(fits) ?? candidates.at(-1) ?? all;
  return { columns, heads: headsOf(columns) };
}

/** Takes the room that is left, so that a row without figures has it for its reason. */
const emptyColumn: SummaryColumn = { id: 'empty', head: '', align: 'left', text: () => '' };

function headsOf(columns: readonly SummaryColumn[]): string[] {
  return columns.map(({ head }) => head);
}

function totalWidth(columns: readonly SummaryColumn[], heads: readonly string[], rows: readonly Row[]): number {
  const widths = columns.map((column, index) => columnWidth(column, heads[index] ?? '', rows));
  const lastWidth = Math.min(widths.at(-1) ?? 0, minNoteWidth);
  return widths.slice(0, -1).reduce((sum, width) => sum + width + columnGap, lastWidth);
}

const minNoteWidth = 12;
const maxNameWidth = 40;

/** Each column as wide as its widest line; the last one takes what is left. */
function columnWidths(columns: readonly SummaryColumn[], heads: readonly string[], rows: readonly Row[]): number[] {
  const widths = columns.slice(0, -1).map((column, index) => columnWidth(column, heads[index] ?? '', rows));
  const room = lineWidth - widths.reduce((sum, width) => sum + width + columnGap, 0);
  return [...widths, Math.max(0, room)];
}

function columnWidth({ text, id }: SummaryColumn, head: string, rows: readonly Row[]): number {
  const texts = rows.filter((row) => row.okCount > 0 || id === 'implementation').map(text);
  const width = Math.max(...[...head.split('\n'), ...texts].map((line) => line.length));
  return id === 'implementation' ? Math.min(width, maxNameWidth) : width;
}

type Fit = (text: string, width: number) => string;

function figureTexts(columns: readonly SummaryColumn[], row: Row, widths: readonly number[], fit: Fit): string[] {
  return columns.map(({ text, id }, index) => {
    if (id === 'implementation') return clip(text(row), maxNameWidth);
    const isLast = index === columns.length - 1;
    return isLast ? fit(text(row), widths[index] ?? lineWidth) : text(row);
  });
}

function reasonTexts(row: Row, [first = 0, ...others]: readonly number[], fit: Fit) {
  const room = others.reduce((sum, width) => sum + width + columnGap, 0) - columnGap;
  const content = fit(rowReason(row), Math.min(room, lineWidth - first - columnGap));
  return [clip(row.implementation.id, maxNameWidth), { rest: content }];
}
