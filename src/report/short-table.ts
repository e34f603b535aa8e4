import { metricOf } from './answer.ts';
import { formatFigure, formatRange } from './format.ts';
import type { Note, Row } from './model.ts';

/** The table of few columns, the same in the terminal and in Markdown. */
export interface ShortColumn {
  /** Two lines where the values are narrower than the words. */
  readonly head: string;
  readonly align: 'left' | 'right';
  text(row: Row): string;
}

const nothing = '–';

function medianColumn(head: string, metricId: string): ShortColumn {
  const { unit } = metricOf(metricId);
  return {
    head,
    align: 'right',
    text: ({ figures }) => {
      const range = figures[metricId] ?? null;
      return range === null ? nothing : formatFigure(unit, range.median);
    },
  };
}

export const shortColumns: readonly ShortColumn[] = [
  { head: 'who', align: 'left', text: (row) => row.who.implementation },
  { head: 'CPU ms\nper request', align: 'right', text: cpuText },
  medianColumn('p50\nms', 'response-p50'),
  medianColumn('p90\nms', 'response-p90'),
  medianColumn('idle\nMiB', 'memory-idle'),
  medianColumn('loaded\nMiB', 'memory-median'),
  { head: 'trials\nok', align: 'right', text: (row) => `${row.okCount} of ${row.plannedCount}` },
  { head: 'note', align: 'left', text: (row) => row.notes.map(shortNote).join(', ') },
];

function cpuText({ figures }: Row): string {
  const range = figures['cpu-per-request'] ?? null;
  return range === null ? nothing : formatRange('ms', range);
}

/** "3 overloaded", "skipped" */
export function shortNote({ label, trialCount }: Note): string {
  return trialCount > 0 ? `${trialCount} ${label}` : label;
}

/** Why a row has no figure, with the remedy. */
export function reasonText(row: Row): string {
  return row.notes.map(({ text, remedy }) => `${text}${remedy === null ? '' : `. Remedy: ${remedy}`}`).join('; ');
}

export interface Footnote extends Pick<Note, 'kind' | 'text' | 'remedy'> {
  /** Of whom it is true; the note column says how often. */
  readonly implementations: readonly string[];
}

/** What the labels in the note column mean, in full, each once. */
export function footnotes(rows: readonly Row[]): Footnote[] {
  const notes = rows.flatMap((row) => row.notes.map((note) => ({ ...note, implementation: row.who.implementation })));
  return [...Map.groupBy(notes, ({ text }) => text).values()].flatMap((same) => {
    const [first] = same;
    const implementations = [...new Set(same.map(({ implementation }) => implementation))];
    return first === undefined ? [] : [{ implementations, kind: first.kind, text: first.text, remedy: first.remedy }];
  });
}
