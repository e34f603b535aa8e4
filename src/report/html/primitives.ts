import { countOf } from '../../compare/text.ts';
import type { Chart } from '../charts/chart.ts';
import type { ReportCharts } from '../charts/report-charts.ts';
import { toSentence } from '../format.ts';
import type { PrimitiveRow, PrimitiveSection } from '../model.ts';
import { failureLines, primitiveColumns } from '../tables/primitive-table.ts';
import { chartBlock, chartFigure, marker } from './charts.ts';
import { type Child, h, type Markup, plainTable } from './markup.ts';

/** All primitives of a run: small multiples, each with its table. */
export function primitivesBlock(sections: readonly PrimitiveSection[], charts: ReportCharts): Child {
  if (sections.length === 0) return null;
  return h(
    'section',
    { class: 'question primitives', id: 'primitives' },
    h('h2', {}, 'What a unit of concurrency costs'),
    h(
      'p',
      { class: 'aside' },
      'Each language is measured with its own benchmark tool, each case in fresh processes. Wall and CPU time are both shown: a ring to the right of its mark used more than one core, a ring to the left waited. All axes are logarithmic. Absolute figures depend on the machine; compare the rows with each other.',
    ),
    h(
      'div',
      { class: 'multiples' },
      ...sections.map((section) => primitiveSection(section, charts.get(section) ?? [])),
    ),
  );
}

function primitiveSection(section: PrimitiveSection, charts: readonly Chart[]): Markup {
  const { facts, rows } = section;
  return h(
    'section',
    { class: 'primitive', id: facts.id },
    h('h3', {}, facts.title),
    h('p', { class: 'operation' }, h('b', {}, 'One operation: '), toSentence(facts.operation)),
    ...charts.map((chart) =>
      chart.kind === 'lines' ? chartBlock([chart]) : h('div', { class: 'charts' }, chartFigure(chart)),
    ),
    failureList(section),
    h(
      'details',
      {},
      h('summary', {}, `All figures (${countOf(rows.length, 'case')})`),
      primitiveFigures(section),
      h('p', { class: 'aside' }, `Checked: ${facts.correctnessCheck}.`),
      caseList(rows),
    ),
  );
}

function failureList(section: PrimitiveSection): Child {
  const lines = failureLines(section);
  if (lines.length === 0) return null;
  return h('ul', { class: 'warnings' }, ...lines.map((line) => h('li', {}, line)));
}

function primitiveFigures({ facts, rows }: PrimitiveSection): Markup {
  const columns = primitiveColumns(facts);
  return plainTable(
    `${facts.title}: median (min–max) over the processes`,
    ['Case', ...columns.map(({ head }) => head)],
    rows.map((row): Child[] => [[marker(row.style), row.label], ...columns.map(({ text }) => text(row))]),
  );
}

function caseList(rows: readonly PrimitiveRow[]): Markup {
  const known = new Map(rows.map(({ label, description }) => [label, description]));
  return h(
    'dl',
    { class: 'facts' },
    ...[...known].map(([label, description]) => h('div', {}, h('dt', {}, label), h('dd', {}, toSentence(description)))),
  );
}
