import { metricById } from '../../model/metric.ts';
import type { Range } from '../../stats/descriptive.ts';
import { formatBounds, formatFigure, formatNumber, formatRatioBounds, ratioNumber } from '../format.ts';
import type { LatencyFigure, LatencyKind, Rank, Row } from '../model.ts';
import { noteLabel, rowReason } from '../tables/summary-table.ts';
import { marker, rangeBar } from './charts.ts';
import { type Child, h, type Markup } from './markup.ts';

/** The table of the first screen. Its roles are written out because a narrow screen shows each row as a block. */
export function headlineTable(caption: string, rows: readonly Row[]): Markup {
  const frame = {
    cpuMax: maxFigure(rows, 'cpu-per-request'),
    memoryMax: maxFigure(rows, 'memory-median'),
    isTailPooled:
      rows.some(({ latencies }) => tailOf(latencies) !== undefined) &&
      rows.every(({ latencies }) => tailOf(latencies)?.pooled ?? true),
    withNotes: rows.some((row) => row.okCount > 0 && row.notes.length > 0),
  };
  return h(
    'table',
    { class: 'headline', role: 'table' },
    h('caption', {}, caption),
    h('thead', { role: 'rowgroup' }, groupHeads(), columnHeads(frame)),
    h('tbody', { role: 'rowgroup' }, ...rows.map((row) => (row.okCount > 0 ? metricRow(row, frame) : reasonRow(row)))),
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
    h('th', { scope: 'colgroup', colspan: 3, role: 'columnheader', 'data-latency-name': '' }, 'Response'),
    group('Private memory', 2),
    h('td', { role: 'cell', colspan: 2 }),
  );
}

function columnHeads({ withNotes, isTailPooled }: TableFrame): Markup {
  const head = (text: string) =>
    h('th', { scope: 'col', role: 'columnheader', class: numeric.test(text) ? 'n' : null }, text);
  const texts = [
    'Implementation',
    'ms, min–max over trials',
    'p50, ms',
    'p90, ms',
    isTailPooled ? 'p99 of all trials pooled, ms' : 'p99, ms',
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
interface TableFrame {
  readonly cpuMax: number;
  readonly memoryMax: number;
  /** Whether no row has enough requests in a trial for a p99 of its own: then the head says so once. */
  readonly isTailPooled: boolean;
  /** Whether a row with figures has something to add. */
  readonly withNotes: boolean;
}

function metricRow(row: Row, frame: TableFrame): Markup {
  const figure = (id: string) => row.figures[id] ?? null;
  return h(
    'tr',
    { role: 'row', 'data-implementation': row.implementation.id },
    implementationHead(row),
    tableCell('CPU per request, ms', 'cpu', cpuContent(row, figure('cpu-per-request'), frame.cpuMax)),
    ...([50, 90, 99] as const).map((percentile) => latencyCell(row, percentile, frame)),
    tableCell('idle, MiB', 'n', medianText('memory-idle', figure('memory-idle'))),
    tableCell('loaded, MiB', 'memory', memoryContent(row, figure('memory-median'), frame.memoryMax)),
    tableCell('trials ok', 'n', `${row.okCount} of ${row.plannedCount}`),
    frame.withNotes ? tableCell('note', 'note', row.notes.map(noteLabel).join(', ')) : null,
  );
}

const columnCount = 9;

/** Why there is nothing to show, in the place of what would be shown. */
function reasonRow(row: Row): Markup {
  return h(
    'tr',
    { role: 'row', class: 'without', 'data-implementation': row.implementation.id },
    implementationHead(row),
    h('td', { role: 'cell', class: 'note', colspan: columnCount - 1 }, rowReason(row)),
  );
}

function implementationHead({ implementation }: Row): Markup {
  return h(
    'th',
    { scope: 'row', role: 'rowheader' },
    marker(implementation.style),
    h('span', { class: 'id' }, implementation.id),
    h('span', { class: 'kind' }, `${implementation.language}, ${implementation.model}`),
  );
}

function tableCell(label: string, kind: string, content: Child): Markup {
  return h('td', { role: 'cell', class: kind, 'data-label': label }, content);
}

function noValue(): Markup {
  return h('span', { class: 'nothing', 'aria-label': 'none' }, '–');
}

function medianText(metricId: string, range: Range | null): Child {
  return range === null ? noValue() : formatFigure(metricById(metricId).unit, range.median);
}

function cpuContent(row: Row, range: Range | null, max: number): Child {
  if (range === null) return noValue();
  const span = range.values.length > 1 ? formatBounds('ms', range) : 'one trial';
  return [
    h('b', {}, formatFigure('ms', range.median)),
    h('small', {}, span),
    rangeBar(row.implementation.style, range, max),
    row.rank === null ? null : h('small', { class: 'rank' }, rankText(row.rank)),
  ];
}

/** "1.12× least [1.04, 1.21], group ab" */
function rankText({ toReference, reference, isReferenceLeast, letters }: Rank): string {
  const to = isReferenceLeast ? 'least' : reference;
  const ratio =
    toReference === null
      ? isReferenceLeast
        ? 'least'
        : 'chosen'
      : `${ratioNumber(toReference.ratio)}× ${to} ${formatRatioBounds(toReference)}`;
  return `${ratio}, group ${letters}`;
}

function memoryContent(row: Row, range: Range | null, max: number): Child {
  if (range === null) return noValue();
  return [h('span', {}, formatFigure('bytes', range.median)), rangeBar(row.implementation.style, range, max)];
}

function tailOf({ response }: Row['latencies']): LatencyFigure | undefined {
  return response.find(({ percentile }) => percentile === 99);
}

/** Response time; the script shows the service time in its place if the reader wants that. */
function latencyCell({ latencies }: Row, percentile: LatencyFigure['percentile'], frame: TableFrame): Markup {
  const find = (kind: LatencyKind) => latencies[kind].find((one) => one.percentile === percentile);
  const [response, service] = [find('response'), find('service')];
  const text = (figure: LatencyFigure | undefined) => (figure === undefined ? '–' : formatNumber(figure.medianMs));
  return tableCell(`p${percentile}, ms`, 'n', [
    response === undefined
      ? noValue()
      : h('span', { 'data-response': text(response), 'data-service': text(service) }, text(response)),
    response?.pooled && !frame.isTailPooled ? h('small', {}, 'pooled') : null,
  ]);
}

function maxFigure(rows: readonly Row[], metricId: string): number {
  return Math.max(Number.MIN_VALUE, ...rows.map((row) => row.figures[metricId]?.max ?? 0));
}
