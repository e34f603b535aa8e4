import { metricById } from '../../model/metric.ts';
import {
  formatFigure,
  formatNumber,
  formatPercent,
  formatRange,
  formatRatioBounds,
  intervalText,
  noValue,
  ratioNumber,
} from '../format.ts';
import type { Elections, Note, Row } from '../model.ts';

/** The table of few columns, the same in the terminal and in Markdown. */
export interface SummaryColumn {
  readonly id: string;
  /** Two lines where the values are narrower than the words. */
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Absent: always there. */
  appliesTo?(row: Row): boolean;
  text(row: Row): string;
}

function medianColumn(head: string, metricId: string): SummaryColumn {
  const { unit } = metricById(metricId);
  return {
    id: metricId,
    head,
    align: 'right',
    text: ({ figures }) => {
      const range = figures[metricId] ?? null;
      return range === null ? noValue : formatFigure(unit, range.median);
    },
  };
}

function hasElections({ elections }: Row): boolean {
  return elections !== null;
}

function electionColumn(id: string, head: string, text: (elections: Elections) => string): SummaryColumn {
  return {
    id,
    head,
    align: 'right',
    appliesTo: hasElections,
    text: ({ elections }) => (elections === null ? noValue : text(elections)),
  };
}

function numberOrDash(value: number | null | undefined): string {
  return value === null || value === undefined ? noValue : formatNumber(value);
}

const hasUnavailability = ({ figures }: Row) => (figures['outage-p50'] ?? null) !== null;
const isIdleNode = ({ figures }: Row) => (figures['node-cpu'] ?? null) !== null;

const electionColumns: readonly SummaryColumn[] = [
  electionColumn('elections', 'elections', ({ timesMs, unfinishedCount }) =>
    unfinishedCount === 0 ? `${timesMs.length}` : `${timesMs.length} of ${timesMs.length + unfinishedCount}`,
  ),
  electionColumn('election-p50', 'election\np50 ms', ({ p50 }) => intervalText(p50)),
  electionColumn('election-p90', 'p90\nms', ({ p90 }) => numberOrDash(p90?.estimate)),
  electionColumn('election-max', 'max\nms', ({ maxMs }) => numberOrDash(maxMs)),
  electionColumn('split-votes', 'split\nvotes', ({ splitVoteRatio }) =>
    splitVoteRatio === null ? noValue : formatPercent(splitVoteRatio),
  ),
  electionColumn('expected-split-votes', 'expected', ({ expectedSplitVoteRatio: ratio }) =>
    ratio === null ? noValue : formatPercent(ratio),
  ),
];

const nodeColumns: readonly SummaryColumn[] = [
  { ...medianColumn('unavail.\np50 ms', 'outage-p50'), appliesTo: hasUnavailability },
  { ...medianColumn('CPU ms/s\na node', 'node-cpu'), appliesTo: isIdleNode },
  { ...medianColumn('MiB\na node', 'node-memory'), appliesTo: isIdleNode },
];
const requestIds: ReadonlySet<string> = new Set([
  'cpu-per-request',
  'ratio',
  'letters',
  'response-p50',
  'response-p90',
]);

/** The implementation, and what can be said of leader crashes and of nodes. */
export function clusterColumns(rows: readonly Row[]): readonly SummaryColumn[] {
  const clusterOnly = [...electionColumns, ...nodeColumns].filter(({ appliesTo }) =>
    rows.some((row) => appliesTo?.(row)),
  );
  return [...requestColumns.slice(0, 1), ...clusterOnly];
}

/** What these rows have something to say about; columns about requests only where requests were sent. */
export function columnsFor(rows: readonly Row[]): readonly SummaryColumn[] {
  const ranked = rankColumns.filter(({ appliesTo }) => rows.some((row) => appliesTo?.(row)));
  const [name, ...special] = clusterColumns(rows);
  const others = requestColumns
    .slice(1)
    .flatMap((column) => (column.id === 'cpu-per-request' ? [column, ...ranked] : [column]));
  if (name === undefined) return requestColumns;
  const isIdle = rows.every(({ generator }) => generator === null);
  const remaining = special.length > 0 && isIdle ? others.filter(({ id }) => !requestIds.has(id)) : others;
  const requests = remaining.filter(({ id }) => requestIds.has(id));
  return [name, ...requests, ...special, ...remaining.filter(({ id }) => !requestIds.has(id))];
}

const requestColumns: readonly SummaryColumn[] = [
  { id: 'implementation', head: 'implementation', align: 'left', text: (row) => row.implementation.id },
  { id: 'cpu-per-request', head: 'CPU ms\nper request', align: 'right', text: cpuText },
  medianColumn('p50\nms', 'response-p50'),
  medianColumn('p90\nms', 'response-p90'),
  medianColumn('idle\nMiB', 'memory-idle'),
  medianColumn('loaded\nMiB', 'memory-median'),
  { id: 'ok', head: 'trials\nok', align: 'right', text: (row) => `${row.okCount} of ${row.plannedCount}` },
  { id: 'note', head: 'note', align: 'left', text: (row) => row.notes.map(noteLabel).join(', ') },
];

/** Its interval is that of its ratio; what is not ranked has the range of its trials. */
function cpuText({ figures, rank }: Row): string {
  const range = figures['cpu-per-request'] ?? null;
  if (range === null) return noValue;
  return rank === null ? formatRange('ms', range) : formatFigure('ms', range.median);
}

function ratioText({ rank }: Row): string {
  if (rank === null) return noValue;
  if (rank.toReference === null) return '1';
  return `${ratioNumber(rank.toReference.ratio)} ${formatRatioBounds(rank.toReference)}`;
}

const isRanked = ({ rank }: Row) => rank !== null;
const isOfLeast = ({ rank }: Row) => rank?.isReferenceLeast === true;
const isOfChosen = ({ rank }: Row) => rank?.isReferenceLeast === false;

/** How many times the least it takes, or the implementation that was chosen; rows that share a letter cannot be told apart. */
const rankColumns: readonly SummaryColumn[] = [
  { id: 'ratio', head: '× least\n[95 %]', align: 'right', appliesTo: isOfLeast, text: ratioText },
  { id: 'ratio', head: '× chosen\n[95 %]', align: 'right', appliesTo: isOfChosen, text: ratioText },
  {
    id: 'letters',
    head: 'group',
    align: 'left',
    appliesTo: isRanked,
    text: ({ rank }) => rank?.letters ?? noValue,
  },
];

/** "3 overloaded", "skipped" */
export function noteLabel({ label, trialCount }: Note): string {
  return trialCount > 0 ? `${trialCount} ${label}` : label;
}

/** Why a row has no figure, with the remedy. */
export function rowReason(row: Row): string {
  return row.notes
    .map(({ text, remedy }) => `${text}${remedy === null ? '' : `. Remedy: ${remedy.replace(/\.$/, '')}`}`)
    .join('; ');
}

export interface Footnote extends Pick<Note, 'kind' | 'text' | 'remedy'> {
  /** The note column says how often. */
  readonly implementations: readonly string[];
}

/** What the labels in the note column mean, in full, each once. */
export function footnotes(rows: readonly Row[]): Footnote[] {
  const notes = rows.flatMap((row) => row.notes.map((note) => ({ ...note, implementation: row.implementation.id })));
  return [...Map.groupBy(notes, ({ text }) => text).values()].flatMap((same) => {
    const [first] = same;
    const implementations = [...new Set(same.map(({ implementation }) => implementation))];
    return first === undefined ? [] : [{ implementations, kind: first.kind, text: first.text, remedy: first.remedy }];
  });
}
