import type { Chart } from '../charts/chart.ts';
import type { SeriesStyle } from '../charts/palette.ts';
import { questionName } from '../findings.ts';
import type { ReportModel } from '../model.ts';
import { marker } from './charts.ts';
import { type Child, h, type Markup } from './markup.ts';

/** The bar of a run's page. */
export function pageBar(model: ReportModel, charts: readonly Chart[]): Markup {
  const rates = model.groups.flatMap(({ questions }) => questions.map(({ ratePerSec }) => ratePerSec));
  const shown = measuredImplementations(model);
  const explorable = {
    title: 'Implementations',
    shown,
    charts,
    rates: [...new Set(rates)].sort((a, b) => a - b),
    bases: shown.map(({ id }) => id),
  };
  return contentsBar('#answers', contents(model), explorePanel(explorable));
}

/** What a page lets its reader choose from. */
interface Explorable {
  /** What its series are. */
  readonly title: string;
  readonly shown: readonly { readonly id: string; readonly style: SeriesStyle }[];
  readonly charts: readonly Chart[];
  readonly rates: readonly number[];
  /** What ratios may be over; empty: the page has none to choose. */
  readonly bases: readonly string[];
}

/**
 * Where to go, and what to see: the bar that stays in view. The choices need the script; the links do not. `brand` is where
 * the name leads.
 */
export function contentsBar(brand: string, entries: readonly (readonly [string, string])[], panel: Child): Markup {
  return h(
    'nav',
    { class: 'bar', 'aria-label': 'Contents' },
    h('a', { href: brand, class: 'brand' }, 'paceline'),
    h('ul', { class: 'contents' }, ...entries.map(([id, text]) => h('li', {}, h('a', { href: `#${id}` }, text)))),
    themeSwitch(),
    panel,
  );
}

/** The bar of a page without contents. */
export function plainBar(): Markup {
  return h(
    'nav',
    { class: 'bar', 'aria-label': 'Page' },
    h('a', { href: '#main', class: 'brand' }, 'paceline'),
    h('span', {}),
    themeSwitch(),
  );
}

function themeSwitch(): Markup {
  return h('button', { type: 'button', id: 'theme', class: 'tool', 'aria-pressed': 'false' }, 'Dark');
}

function contents({ groups, primitives, costs, claims }: ReportModel): (readonly [string, string])[] {
  const questions = groups.flatMap((group) => group.questions);
  const many = questions.length > 8;
  return [
    ...(many
      ? groups.map((group) => [group.id, group.workload] as const)
      : questions.map((question) => [question.id, questionName(question)] as const)),
    ...(primitives.length === 0 ? [] : [['primitives', 'Primitives'] as const]),
    ...(costs === null ? [] : [['costs', 'Money'] as const]),
    ...(claims.assessed.length === 0 ? [] : [['claims', 'Claims'] as const]),
    ['about', 'Method'],
    ['repeat', 'Repeat it'],
  ];
}

export function explorePanel({ title, shown, charts, rates, bases }: Explorable): Child {
  if (shown.length === 0) return null;
  const hasKinds = charts.some(({ choice }) => choice !== undefined);
  const percentiles = [...new Set(charts.flatMap(({ choice }) => choice?.percentile ?? []))].sort((a, b) => a - b);
  const names = shown.map(({ id }) => [id, id] as const);
  return h(
    'details',
    { class: 'explore', id: 'explore' },
    h('summary', {}, 'Choose what to see ', h('span', { id: 'hidden-note' })),
    h(
      'div',
      { class: 'choices' },
      fieldset(
        title,
        shown.map(({ id, style }) => checkbox('show', id, [marker(style), id])),
      ),
      rates.length < 2
        ? null
        : fieldset(
            'Rates',
            rates.map((rate) => checkbox('rate', String(rate), rate === 0 ? 'no requests' : `${rate}/s`)),
          ),
      h(
        'div',
        { class: 'selects' },
        hasKinds
          ? select('latency', 'Latency', [
              ['response', 'response: from when a request was due'],
              ['service', 'service: from when it was sent'],
            ])
          : null,
        percentiles.length === 0
          ? null
          : select(
              'percentile',
              'Percentile',
              percentiles.map((one) => [String(one), `p${one}`]),
            ),
        select('scale', 'Scale of lines', [
          ['auto', 'as it fits'],
          ['linear', 'linear'],
          ['logarithmic', 'logarithmic'],
        ]),
        bases.length === 0
          ? null
          : select('baseline', 'Ratios over', [['', 'the least'], ...bases.map((id) => [id, id] as const)]),
        select('highlight', 'Highlight', [['', 'none'], ...names]),
        h(
          'p',
          {},
          h('button', { type: 'button', class: 'tool', 'data-action': 'reset' }, 'Show all'),
          ' ',
          h('button', { type: 'button', class: 'tool', 'data-action': 'copy-link' }, 'Copy a link to this view'),
          ' ',
          h('output', {}),
        ),
      ),
    ),
  );
}

function measuredImplementations({ groups, implementations }: ReportModel) {
  const rows = groups.flatMap(({ questions }) =>
    questions.flatMap((question) => [...question.rows, ...question.references]),
  );
  const ids = new Set(rows.map(({ implementation }) => implementation.id));
  return implementations.filter(({ id }) => ids.has(id));
}

function fieldset(legend: string, boxes: readonly Markup[]): Markup {
  return h('fieldset', {}, h('legend', {}, legend), ...boxes);
}

function checkbox(name: string, value: string, label: Child): Markup {
  return h('label', {}, h('input', { type: 'checkbox', name, value, checked: '' }), ' ', label);
}

function select(name: string, label: string, options: readonly (readonly [string, string])[]): Markup {
  return h(
    'label',
    {},
    `${label} `,
    h('select', { name }, ...options.map(([value, text]) => h('option', { value }, text))),
  );
}
