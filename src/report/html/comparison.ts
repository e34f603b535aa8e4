import { changeText, countOf } from '../../compare/text.ts';
import type { Change, ComparedRun, Comparison, RunComparison } from '../../model/comparison.ts';
import { presentable } from '../../model/foreign-text.ts';
import { toSentence } from '../format.ts';
import {
  type ComparisonRow,
  type ComparisonTable,
  comparisonTables,
  logSummary,
  methodText,
  sideLabel,
  tableRemarks,
  verdictWords,
  withLog,
} from '../tables/comparison-table.ts';
import { plainBar } from './controls.ts';
import { type Child, collapsible, h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';

/** A comparison as one offline page: the sentence, a table a cell with each change drawn, what is not gated folded. */
export function comparisonHtml(compared: RunComparison, assets: PageAssets): string {
  const comparison = presentable(compared);
  const blocks = comparisonTables(comparison);
  const main = h(
    'main',
    { id: 'main' },
    pageHeader(comparison),
    ...blocks.filter(({ remark }) => remark === null).map((block) => tableSection(block, comparison.comparisons)),
    remarkSection(blocks),
    buildFailuresSection(comparison),
    warningSection(comparison),
    aboutSection(comparison),
  );
  return pageHtml({ title: titleOf(comparison), data: null, content: [plainBar(), main] }, assets);
}

function titleOf({ base, head }: RunComparison): string {
  return `${shortName(head)} against ${shortName(base)}`;
}

function shortName({ commit, startedAt }: ComparedRun): string {
  return commit?.sha.slice(0, 7) ?? startedAt.slice(0, 16);
}

function pageHeader(comparison: RunComparison): Markup {
  const { base, head, outcome } = comparison;
  const machines = [...new Set([base.machineLabel, head.machineLabel])].join(' and ');
  return h(
    'header',
    {},
    h('h1', {}, titleOf(comparison)),
    h('p', { class: 'lede' }, outcome.summary),
    h('p', { class: 'context' }, `base ${sideLabel(base)} · head ${sideLabel(head)} · ${machines}`),
  );
}

function tableSection(block: ComparisonTable, all: readonly Comparison[]): Markup {
  const table = rowsTable(`Gated: ${block.title}`, block.gated, all);
  const rest = informativeFold(block, all, block.informative.length);
  return h(
    'section',
    { class: 'question', id: block.id.replaceAll('/', '-') },
    h('h2', {}, block.title),
    table,
    ...rest,
  );
}

/** What has no table of its own, and why. */
function remarkSection(blocks: readonly ComparisonTable[]): Child {
  const items = tableRemarks(blocks).map(({ remark, titles }) =>
    h('li', {}, h('b', {}, remark), `: ${titles.join('; ')}`),
  );
  if (items.length === 0) return null;
  return h('section', { class: 'about', id: 'remarks' }, h('h2', {}, 'Not compared'), h('ul', {}, ...items));
}

function informativeFold({ title, informative }: ComparisonTable, all: readonly Comparison[], count: number): Child[] {
  if (count === 0) return [];
  const table = rowsTable(`Not gated, p as it is: ${title}`, informative, all);
  return [collapsible(`${countOf(count, 'more metric')}, not gated`, table)];
}

function rowsTable(caption: string, lines: readonly ComparisonRow[], all: readonly Comparison[]): Markup {
  const byId = new Map(all.map((comparison) => [comparison.id, comparison]));
  const reach = axisLimit(lines.flatMap(({ id }) => byId.get(id) ?? []));
  const hasFloor = lines.some(({ noiseFloor }) => noiseFloor !== null);
  const rows = lines.map((line): Child[] => [
    line.metric,
    line.base,
    line.head,
    forestPlotOf(byId.get(line.id), reach),
    line.change,
    line.p,
    ...(hasFloor ? [line.noiseFloor] : []),
    [h('span', { class: `verdict ${line.kind}` }, line.verdict), h('small', { class: 'why' }, line.note)],
  ]);
  const heads = [
    '',
    'base',
    'head',
    'better ← → worse',
    'change',
    'p',
    ...(hasFloor ? ['noise floor'] : []),
    'verdict',
  ];
  return plainTable(caption, heads, rows);
}

function forestPlotOf(comparison: Comparison | undefined, reach: number): Child {
  if (comparison === undefined || !hasRatio(comparison.change)) return null;
  const { label, verdict, change } = comparison;
  const alternative = `${label} ${changeText(change)}: ${verdictWords[verdict.kind]}`;
  return forestPlot(comparison, change, reach, alternative);
}

function hasRatio(change: Change | null): change is Change & { ratio: number } {
  return change !== null && change.ratio !== null;
}

function warningSection({ warnings }: RunComparison): Child {
  if (warnings.length === 0) return null;
  const items = warnings.map(({ message, advice }) =>
    h('li', {}, toSentence(message), advice === null ? null : ` ${toSentence(advice)}`),
  );
  return h(
    'section',
    { class: 'about', id: 'warnings' },
    h('h2', {}, 'Warnings'),
    h('ul', { class: 'warnings' }, ...items),
  );
}

const verdictMeanings: readonly (readonly [string, string])[] = [
  [
    'better, worse',
    'The whole interval lies on one side of no change (and of the machine’s noise floor, where that is known), the estimate is at least the smallest change that matters, and p, adjusted over all that gates, is small enough.',
  ],
  ['same', 'The whole interval lies within the smallest change that matters: shown to be no change that matters.'],
  ['inconclusive', 'Neither: more pairs are needed. Not the same as “same”.'],
  ['too few', 'With so few trials no result could have been significant.'],
  ['not comparable', 'The machine, a setting, the contract or the workload differ, or a side has no value.'],
];

function aboutSection(comparison: RunComparison): Markup {
  return h(
    'section',
    { class: 'about', id: 'method' },
    h('h2', {}, 'How to read this'),
    h('p', {}, methodText(comparison)),
    h(
      'dl',
      { class: 'facts' },
      ...verdictMeanings.map(([term, text]) => h('div', {}, h('dt', {}, term), h('dd', {}, text))),
    ),
  );
}

const plotWidth = 160;
const plotHeight = 14;
/** Beyond this an interval is drawn as an arrow out of the picture. */
const maxAxisLimit = Math.log(2);

/** How far the picture's axis goes to each side, on the scale of logarithms: as far as the widest interval. */
function axisLimit(comparisons: readonly Comparison[]): number {
  const ends = comparisons.flatMap(({ change, minEffectRatio }) => [
    1.6 * Math.log1p(minEffectRatio),
    Math.abs(Math.log1p(change?.ratio ?? 0)),
    ...(change?.interval === null || change === null
      ? []
      : [Math.abs(Math.log1p(change.interval.lowRatio)), Math.abs(Math.log1p(change.interval.highRatio))]),
  ]);
  return Math.min(maxAxisLimit, Math.max(0.01, ...ends) * 1.05);
}

/** The interval and its estimate over the band of changes that do not matter; worse is to the right, whatever the metric. */
function forestPlot(
  { better, minEffectRatio, verdict }: Comparison,
  { ratio, interval }: Change & { readonly ratio: number },
  limit: number,
  alternative: string,
): Markup {
  const side = better === 'lower' ? 1 : -1;
  const at = (change: number) => {
    const share = Math.max(-1, Math.min(1, (side * Math.log1p(change)) / limit));
    return Number(((plotWidth / 2) * (1 + share)).toFixed(1));
  };
  const band = [-minEffectRatio / (1 + minEffectRatio), minEffectRatio].map(at);
  const [from = 0, to = 0] = [...band].sort((a, b) => a - b);
  const centre = plotHeight / 2;
  return h(
    'svg',
    {
      class: `forest ${verdict.kind}`,
      viewBox: `0 0 ${plotWidth} ${plotHeight}`,
      width: plotWidth,
      height: plotHeight,
      role: 'img',
      'aria-label': alternative,
    },
    h('rect', { class: 'band', x: from, y: 0, width: Number((to - from).toFixed(1)), height: plotHeight }),
    h('line', { class: 'zero', x1: plotWidth / 2, y1: 0, x2: plotWidth / 2, y2: plotHeight }),
    interval === null
      ? null
      : h('line', { class: 'whisker', x1: at(interval.lowRatio), y1: centre, x2: at(interval.highRatio), y2: centre }),
    h('path', { class: 'point', d: `M${at(ratio)} ${centre - 4}l4 4l-4 4l-4 -4Z` }),
  );
}

function buildFailuresSection({ buildFailures }: RunComparison): Child {
  const folds = withLog(buildFailures).map((failure) =>
    collapsible(logSummary(failure), h('pre', {}, failure.logTail)),
  );
  if (folds.length === 0) return null;
  return h('section', { class: 'about', id: 'build-failures' }, h('h2', {}, 'What the builds printed'), ...folds);
}
