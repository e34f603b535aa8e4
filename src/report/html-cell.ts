import type { Answer } from './answer.ts';
import { chartBlock } from './html-chart.ts';
import { electionTable, publishedList, quietTable } from './html-cluster.ts';
import { figureTable, generatorTable, percentileTable, trialTable } from './html-detail.ts';
import { headlineTable } from './html-headline.ts';
import { type Child, h, type Markup } from './markup.ts';
import type { Cell, Row } from './model.ts';
import { footnotes } from './short-table.ts';
import { resolutionSentence } from './text.ts';

export interface CellPlace {
  /** null: the page's own heading says it. */
  readonly heading: string | null;
  /** Whether the pictures wait behind a click: one question of several. */
  readonly folded: boolean;
}

/** One workload at one rate: the answer first, then pictures, then every figure. */
export function cellSection(cell: Cell, { heading, folded }: CellPlace): Markup {
  const pictures = chartBlock(cell.charts);
  return h(
    'section',
    { class: 'cell', id: cell.id },
    heading === null ? null : h('h3', {}, heading),
    answerList(cell.answers),
    cell.ratePerSec === 0 ? quietTable(cell, cell.rows) : headlineTable(`Figures ${cell.place}`, cell.rows),
    cell.ratePerSec === 0 ? null : electionTable(cell),
    publishedList(cell),
    noteList(cell.rows),
    cell.resolution === null ? null : h('p', { class: 'aside' }, resolutionSentence(cell.resolution)),
    referenceTables(cell),
    folded && pictures !== null ? fold(`Charts ${cell.place}`, pictures) : pictures,
    cell.rows.every((row) => row.trials.length === 0) ? null : details(cell),
  );
}

function answerList(answers: readonly Answer[]): Child {
  if (answers.length === 0) return null;
  const lines = answers.map(({ subject, verdict, parts }) =>
    h(
      'div',
      { class: verdict },
      h('dt', {}, subject),
      h('dd', {}, ...parts.map(({ text, strong }) => (strong ? h('strong', {}, unbroken(text)) : unbroken(text)))),
    ),
  );
  return h('dl', { class: 'answers' }, ...lines);
}

/** Names joined by hyphens stay on one line. */
function unbroken(text: string): Child {
  const pieces = text.split(/([a-z0-9]+(?:-[a-z0-9]+)+)/);
  return pieces.map((piece, index) => (index % 2 === 1 ? h('span', { class: 'name' }, piece) : piece));
}

/** What the labels of the note column mean; rows without figures say it in place of them. */
function noteList(rows: readonly Row[]): Child {
  const notes = footnotes(rows.filter((row) => row.okCount > 0)).map(({ kind, implementations, text, remedy }) =>
    h(
      'li',
      { class: kind },
      h('b', { class: 'whose' }, implementations.join(', ')),
      ` ${text}.`,
      remedy === null ? null : ` Remedy: ${remedy}`,
    ),
  );
  return notes.length === 0 ? null : h('ul', { class: 'notes' }, ...notes);
}

function referenceTables(cell: Cell): Child {
  const bySource = Map.groupBy(cell.references, (row) => row.source?.label ?? '');
  return [...bySource].map(([label, rows]) =>
    h(
      'section',
      { class: 'reference' },
      h('h4', {}, 'Recorded earlier'),
      h(
        'p',
        { class: 'aside' },
        `${label}. Shown because an implementation has no figure of this run; compare these rows with each other only, never with those above.`,
      ),
      cell.ratePerSec === 0 ? quietTable(cell, rows) : headlineTable(`Recorded figures ${cell.place}`, rows),
    ),
  );
}

function details(cell: Cell): Child {
  return [
    fold('All figures', figureTable(cell)),
    ...(cell.ratePerSec === 0
      ? []
      : [fold('Response percentiles', percentileTable(cell)), fold('How honest the load was', generatorTable(cell))]),
    fold('Trials one by one', trialTable(cell)),
  ];
}

export function fold(summary: string, content: Child): Markup {
  return h('details', {}, h('summary', {}, summary), content);
}
