import type { QuantileInterval } from '../stats/quantile-interval.ts';
import { metricOf } from './answer.ts';
import type { Elections } from './elections.ts';
import { formatFigure, formatNumber, formatPercent, formatRange } from './format.ts';
import type { Note, Row } from './model.ts';

/** The table of few columns, the same in the terminal and in Markdown. */
export interface ShortColumn {
  /** Two lines where the values are narrower than the words. */
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Absent: always there. */
  isAbout?(row: Row): boolean;
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

function isAboutElections({ elections }: Row): boolean {
  return elections !== null;
}

function electionColumn(head: string, text: (elections: Elections) => string): ShortColumn {
  return {
    head,
    align: 'right',
    isAbout: isAboutElections,
    text: ({ elections }) => (elections === null ? nothing : text(elections)),
  };
}

function numberOrNothing(value: number | null | undefined): string {
  return value === null || value === undefined ? nothing : formatNumber(value);
}

const isAboutGaps = ({ figures }: Row) => (figures['outage-p50'] ?? null) !== null;
const isQuietNode = ({ figures }: Row) => (figures['node-cpu'] ?? null) !== null;

const electionColumns: readonly ShortColumn[] = [
  electionColumn('elections', ({ timesMs, unendedCount }) =>
    unendedCount === 0 ? `${timesMs.length}` : `${timesMs.length} of ${timesMs.length + unendedCount}`,
  ),
  electionColumn('election\np50 ms', ({ p50 }) => intervalText(p50)),
  electionColumn('p90\nms', ({ p90 }) => numberOrNothing(p90?.estimate)),
  electionColumn('most\nms', ({ maxMs }) => numberOrNothing(maxMs)),
  electionColumn('split\nvotes', ({ splitRatio }) => (splitRatio === null ? nothing : formatPercent(splitRatio))),
  electionColumn('in\ntheory', ({ expectedSplitRatio: ratio }) => (ratio === null ? nothing : formatPercent(ratio))),
];

const nodeColumns: readonly ShortColumn[] = [
  { ...medianColumn('gap p50\nms', 'outage-p50'), isAbout: isAboutGaps },
  { ...medianColumn('CPU ms/s\na node', 'node-cpu'), isAbout: isQuietNode },
  { ...medianColumn('MiB\na node', 'node-memory'), isAbout: isQuietNode },
];

/** A quantile and its 95 % interval: "172 (165–181)". */
export function intervalText(interval: QuantileInterval | null): string {
  if (interval === null) return nothing;
  const { estimate, lower, upper } = interval;
  const bound = (value: number | null) => (value === null ? '?' : formatNumber(value));
  return lower === null && upper === null
    ? formatNumber(estimate)
    : `${formatNumber(estimate)} (${bound(lower)}–${bound(upper)})`;
}

const requestHeads = new Set(['CPU ms\nper request', 'p50\nms', 'p90\nms']);

/** Who, and what can be said of lost leaders and of nodes. */
export function clusterColumns(rows: readonly Row[]): readonly ShortColumn[] {
  const special = [...electionColumns, ...nodeColumns].filter(({ isAbout }) => rows.some((row) => isAbout?.(row)));
  return [...shortColumns.slice(0, 1), ...special];
}

/** What these rows have something to say about; columns about requests only where requests were sent. */
export function columnsFor(rows: readonly Row[]): readonly ShortColumn[] {
  const [who, ...special] = clusterColumns(rows);
  const others = shortColumns.slice(1);
  if (who === undefined) return shortColumns;
  const isQuiet = rows.every(({ generator }) => generator === null);
  const usual = special.length > 0 && isQuiet ? others.filter(({ head }) => !requestHeads.has(head)) : others;
  const requests = usual.filter(({ head }) => requestHeads.has(head));
  return [who, ...requests, ...special, ...usual.filter(({ head }) => !requestHeads.has(head))];
}

const shortColumns: readonly ShortColumn[] = [
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
