import type { Range } from '../stats/range.ts';
import { metricOf } from './answer.ts';
import { formatFigure, formatNumber, formatSpan } from './format.ts';
import { sign, strip } from './html-series.ts';
import { type Child, h, type Markup } from './markup.ts';
import type { Row } from './model.ts';
import { reasonText, shortNote } from './short-table.ts';

/** The table of the first screen. Its roles are written out because a narrow screen shows each row as a block. */
export function headlineTable(caption: string, rows: readonly Row[]): Markup {
  const frame = {
    cpuMax: greatest(rows, 'cpu-per-request'),
    memoryMax: greatest(rows, 'memory-median'),
    withNotes: rows.some((row) => row.okCount > 0 && row.notes.length > 0),
  };
  return h(
    'table',
    { class: 'headline', role: 'table' },
    h('caption', {}, caption),
    h('thead', { role: 'rowgroup' }, groupHeads(), columnHeads(frame)),
    h('tbody', { role: 'rowgroup' }, ...rows.map((row) => (row.okCount > 0 ? figureRow(row, frame) : reasonRow(row)))),
  );
}

function groupHeads(): Markup {
  const group = (text: string, span: number) =>
    h('th', { scope: 'colgroup', colspan: span, role: 'columnheader' }, text);
  return h(
    'tr',
    { role: 'row' },
    h('td', { role: 'cell' }),
    group('CPU per request', 1),
    group('Response', 3),
    group('Private memory', 2),
    h('td', { role: 'cell', colspan: 2 }),
  );
}

function columnHeads({ withNotes }: Frame): Markup {
  const head = (text: string) =>
    h('th', { scope: 'col', role: 'columnheader', class: numeric.test(text) ? 'n' : null }, text);
  const texts = [
    'Who',
    'ms, least to greatest trial',
    'p50, ms',
    'p90, ms',
    'p99, ms',
    'idle, MiB',
    'loaded, MiB',
    'Trials ok',
    ...(withNotes ? ['Note'] : []),
  ];
  return h('tr', { role: 'row' }, ...texts.map(head));
}

/** Heads of columns of plain numbers, which stand to the right. */
const numeric = /^(p\d|idle)/;

/** What the rows of one table share. */
interface Frame {
  readonly cpuMax: number;
  readonly memoryMax: number;
  /** Whether a row with figures has something to add. */
  readonly withNotes: boolean;
}

function figureRow(row: Row, frame: Frame): Markup {
  const figure = (id: string) => row.figures[id] ?? null;
  return h(
    'tr',
    { role: 'row' },
    whoHead(row),
    cell('CPU per request, ms', 'cpu', cpuContent(row, figure('cpu-per-request'), frame.cpuMax)),
    cell('p50, ms', 'n', median('response-p50', figure('response-p50'))),
    cell('p90, ms', 'n', median('response-p90', figure('response-p90'))),
    cell('p99, ms', 'n', tailContent(row)),
    cell('idle, MiB', 'n', median('memory-idle', figure('memory-idle'))),
    cell('loaded, MiB', 'memory', memoryContent(row, figure('memory-median'), frame.memoryMax)),
    cell('trials ok', 'n', `${row.okCount} of ${row.plannedCount}`),
    frame.withNotes ? cell('note', 'note', row.notes.map(shortNote).join(', ')) : null,
  );
}

const columnCount = 9;

/** Why there is nothing to show, in the place of what would be shown. */
function reasonRow(row: Row): Markup {
  return h(
    'tr',
    { role: 'row', class: 'without' },
    whoHead(row),
    h('td', { role: 'cell', class: 'note', colspan: columnCount - 1 }, reasonText(row)),
  );
}

function whoHead({ who }: Row): Markup {
  return h(
    'th',
    { scope: 'row', role: 'rowheader' },
    sign(who.style),
    h('span', { class: 'id' }, who.implementation),
    h('span', { class: 'kind' }, `${who.language}, ${who.model}`),
  );
}

function cell(label: string, kind: string, content: Child): Markup {
  return h('td', { role: 'cell', class: kind, 'data-label': label }, content);
}

function nothing(): Markup {
  return h('span', { class: 'nothing', 'aria-label': 'none' }, '–');
}

function median(metricId: string, range: Range | null): Child {
  return range === null ? nothing() : formatFigure(metricOf(metricId).unit, range.median);
}

function cpuContent(row: Row, range: Range | null, max: number): Child {
  if (range === null) return nothing();
  const span = range.values.length > 1 ? formatSpan('ms', range) : 'one trial';
  return [h('b', {}, formatFigure('ms', range.median)), h('small', {}, span), strip(row.who.style, range, max)];
}

function memoryContent(row: Row, range: Range | null, max: number): Child {
  if (range === null) return nothing();
  return [h('span', {}, formatFigure('bytes', range.median)), strip(row.who.style, range, max)];
}

function tailContent({ p99 }: Row): Child {
  if (p99 === null) return nothing();
  return [formatNumber(p99.medianMs), p99.pooled ? h('small', {}, 'pooled') : null];
}

function greatest(rows: readonly Row[], metricId: string): number {
  return Math.max(Number.MIN_VALUE, ...rows.map((row) => row.figures[metricId]?.max ?? 0));
}
