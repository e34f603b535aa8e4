import { countOf } from '../../compare/text.ts';
import { type Chart, slotOf } from '../charts/chart.ts';
import type { ReportCharts } from '../charts/report-charts.ts';
import { findingOf } from '../findings.ts';
import type { Answer, Question, Row } from '../model.ts';
import { publishedText, resolutionSentence } from '../sentences.ts';
import { clusterColumns, columnsFor, footnotes, rowReason, type SummaryColumn } from '../tables/summary-table.ts';
import { chartBlock, marker } from './charts.ts';
import { generatorTable, metricTable, percentileTable, trialTable } from './detail-tables.ts';
import { headlineTable } from './headline-table.ts';
import { type Child, collapsible, h, type Markup, plainTable, type TableRow } from './markup.ts';

/** One workload at one rate: what was found is the title; then the figures, two pictures, and all else folded. */
export function questionSection(question: Question, level: 'h2' | 'h3', charts: ReportCharts): Markup {
  const pictures = charts.get(question) ?? [];
  return h(
    'section',
    { class: 'question', id: question.id, 'data-rate': question.ratePerSec },
    h(level, {}, findingOf(question).title),
    question.ratePerSec === 0
      ? idleTable(question, question.rows)
      : headlineTable(`Figures ${question.conditions}`, question.rows),
    question.ratePerSec === 0 ? null : electionTable(question),
    publishedComparisons(question),
    referenceTables(question, level === 'h2' ? 'h3' : 'h4'),
    chartBlock(firstPictures(pictures)),
    folds(question, pictures),
  );
}

/** How the latency spreads, and the cost over time: what the table does not show. */
function firstPictures(charts: readonly Chart[]): Chart[] {
  const leading = charts.filter((chart) => /-(percentiles|elections)$/.test(slotOf(chart)));
  const [first] = leading.length > 0 ? leading : charts;
  const slots = new Set(
    [first, charts.find((chart) => /-(cores-over-time|unavailability)$/.test(chart.id))].map(
      (chart) => chart && slotOf(chart),
    ),
  );
  return charts.filter((chart) => slots.has(slotOf(chart)));
}

function folds(question: Question, charts: readonly Chart[]): Child {
  const others = charts.filter((chart) => !firstPictures(charts).includes(chart));
  const slotCount = new Set(others.map(slotOf)).size;
  const notes = [
    answerList(question.answers),
    footnoteList(question.rows),
    question.resolution === null ? null : h('p', { class: 'aside' }, resolutionSentence(question.resolution)),
  ].filter((note) => note !== null);
  return h(
    'div',
    { class: 'folds' },
    notes.length === 0 ? null : collapsible('Answers and notes', notes),
    slotCount === 0
      ? null
      : h('details', { class: 'charts-fold' }, h('summary', {}, countOf(slotCount, 'more chart')), chartBlock(others)),
    question.rows.every((row) => row.trials.length === 0) ? null : questionDetails(question),
  );
}

function answerList(answers: readonly Answer[]): Child {
  if (answers.length === 0) return null;
  const lines = answers.map(({ subject, verdict, parts }) =>
    h(
      'div',
      { class: verdict },
      h('dt', {}, subject),
      h(
        'dd',
        {},
        ...parts.map(({ text, strong }) => (strong ? h('strong', {}, withoutBreaks(text)) : withoutBreaks(text))),
      ),
    ),
  );
  return h('dl', { class: 'answers' }, ...lines);
}

/** Names joined by hyphens stay on one line. */
function withoutBreaks(text: string): Child {
  const pieces = text.split(/([a-z0-9]+(?:-[a-z0-9]+)+)/);
  return pieces.map((piece, index) => (index % 2 === 1 ? h('span', { class: 'name' }, piece) : piece));
}

/** What the labels of the note column mean; rows without figures say it in place of them. */
function footnoteList(rows: readonly Row[]): Child {
  const notes = footnotes(rows.filter((row) => row.okCount > 0)).map(({ kind, implementations, text, remedy }) =>
    h(
      'li',
      { class: kind },
      h('b', { class: 'implementation' }, implementations.join(', ')),
      ` ${text}.`,
      remedy === null ? null : ` Remedy: ${remedy}`,
    ),
  );
  return notes.length === 0 ? null : h('ul', { class: 'notes' }, ...notes);
}

function referenceTables(question: Question, level: 'h3' | 'h4'): Child {
  const bySource = Map.groupBy(question.references, (row) => row.source?.label ?? '');
  return [...bySource].map(([label, rows]) =>
    h(
      'section',
      { class: 'reference' },
      h(level, {}, 'Recorded earlier'),
      h(
        'p',
        { class: 'aside' },
        `${label}. Shown because an implementation has no figure of this run; compare these rows with each other only, never with those above.`,
      ),
      question.ratePerSec === 0
        ? idleTable(question, rows)
        : headlineTable(`Recorded figures ${question.conditions}`, rows),
    ),
  );
}

function questionDetails(question: Question): Child {
  return [
    collapsible('All figures', metricTable(question)),
    ...(question.ratePerSec === 0
      ? []
      : [
          collapsible('Latency percentiles', percentileTable(question)),
          collapsible('Load generator quality', generatorTable(question)),
        ]),
    collapsible('Trials one by one', trialTable(question)),
  ];
}

/** The figures of a question in which nothing is sent: elections and nodes instead of requests. */
function idleTable({ conditions }: Question, rows: readonly Row[]): Child {
  return summaryTable(`Figures ${conditions}`, columnsFor(rows), rows);
}

/** Beside the figures of the requests, those of the elections that happened meanwhile. */
function electionTable({ conditions, rows }: Question): Child {
  const columns = clusterColumns(rows);
  return columns.length < 2 ? null : summaryTable(`Elections ${conditions}`, columns, rows);
}

function summaryTable(caption: string, columns: readonly SummaryColumn[], rows: readonly Row[]): Child {
  const lines = rows.map(
    (row): TableRow => ({
      attributes: { 'data-implementation': row.implementation.id },
      cells: columns.map(({ text }, index) => {
        if (index === 0) return [marker(row.implementation.style), text(row)];
        const isReason = row.okCount === 0 && index === columns.length - 1;
        return isReason ? rowReason(row) : text(row);
      }),
    }),
  );
  return plainTable(
    caption,
    columns.map(({ head }) => head.replace('\n', ' ')),
    lines,
  );
}

/** Published figures, ours with their interval, and whether they agree. */
function publishedComparisons({ rows, published }: Question): Child {
  const lines = rows.flatMap(({ implementation, elections }) =>
    (elections?.comparisons ?? []).map((comparison) =>
      h(
        'li',
        { class: comparison.verdict },
        h('b', { class: 'implementation' }, implementation.id),
        ` ${publishedText(comparison)}`,
      ),
    ),
  );
  if (lines.length === 0) return null;
  return [h('ul', { class: 'notes' }, ...lines), h('p', { class: 'aside' }, `Published: ${published?.source ?? ''}.`)];
}
