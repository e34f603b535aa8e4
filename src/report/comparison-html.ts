import { changeText } from '../compare/words.ts';
import type { Change, ComparedRun, Comparison, RunComparison } from '../model/comparison.ts';
import { buildFailuresSection } from './build-failures.ts';
import {
  type ComparisonBlock,
  type ComparisonLine,
  comparisonBlocks,
  remarks,
  sideText,
  verdictWords,
} from './comparison-lines.ts';
import { rulesText } from './comparison-text.ts';
import { countOf } from './format.ts';
import { fold } from './html-cell.ts';
import { plainTable } from './html-detail.ts';
import { forest, reachOf } from './html-forest.ts';
import { brand, type PageAssets, pageHtml } from './html-page.ts';
import { type Child, h, type Markup } from './markup.ts';
import { sentence } from './warnings.ts';

/** A comparison as one offline page: the sentence, a table a cell with each change drawn, what only informs folded. */
export function comparisonHtml(comparison: RunComparison, assets: PageAssets): string {
  const blocks = comparisonBlocks(comparison);
  const main = h(
    'main',
    {},
    ...blocks.filter(({ remark }) => remark === null).map((block) => blockSection(block, comparison.comparisons)),
    remarkSection(blocks),
    buildFailuresSection(comparison),
    warningSection(comparison),
    aboutSection(comparison),
  );
  return pageHtml({ title: titleOf(comparison), charts: [], content: [pageHeader(comparison), main] }, assets);
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
    brand(),
    h('h1', {}, titleOf(comparison)),
    h('p', { class: 'lede' }, outcome.sentence),
    h('p', { class: 'context' }, `base ${sideText(base)} · head ${sideText(head)} · ${machines}`),
  );
}

function blockSection(block: ComparisonBlock, all: readonly Comparison[]): Markup {
  const table = linesTable(`Gated: ${block.title}`, block.gated, all);
  const rest = more(block, all, block.informative.length);
  return h('section', { class: 'cell', id: block.id.replaceAll('/', '-') }, h('h2', {}, block.title), table, ...rest);
}

/** What has no table of its own, and why. */
function remarkSection(blocks: readonly ComparisonBlock[]): Child {
  const items = remarks(blocks).map(({ remark, titles }) => h('li', {}, h('b', {}, remark), `: ${titles.join('; ')}`));
  if (items.length === 0) return null;
  return h('section', { class: 'about', id: 'remarks' }, h('h2', {}, 'Not compared'), h('ul', {}, ...items));
}

function more({ title, informative }: ComparisonBlock, all: readonly Comparison[], count: number): Child[] {
  if (count === 0) return [];
  const table = linesTable(`Not gated, p as it is: ${title}`, informative, all);
  return [fold(`${countOf(count, 'more metric')}, not gated`, table)];
}

function linesTable(caption: string, lines: readonly ComparisonLine[], all: readonly Comparison[]): Markup {
  const byId = new Map(all.map((comparison) => [comparison.id, comparison]));
  const reach = reachOf(lines.flatMap(({ id }) => byId.get(id) ?? []));
  const hasFloor = lines.some(({ floor }) => floor !== null);
  const rows = lines.map((line): Child[] => [
    line.what,
    line.base,
    line.head,
    forestOf(byId.get(line.id), reach),
    line.change,
    line.p,
    ...(hasFloor ? [line.floor] : []),
    [h('span', { class: `verdict ${line.kind}` }, line.verdict), h('small', { class: 'why' }, line.note)],
  ]);
  const heads = ['', 'base', 'head', 'better ← → worse', 'change', 'p', ...(hasFloor ? ['floor'] : []), 'verdict'];
  return plainTable(caption, heads, rows);
}

function forestOf(comparison: Comparison | undefined, reach: number): Child {
  if (comparison === undefined || !isDrawable(comparison.change)) return null;
  const { label, verdict, change } = comparison;
  const alternative = `${label} ${changeText(change)}: ${verdictWords[verdict.kind]}`;
  return forest(comparison, change, reach, alternative);
}

function isDrawable(change: Change | null): change is Change & { ratio: number } {
  return change !== null && change.ratio !== null;
}

function warningSection({ warnings }: RunComparison): Child {
  if (warnings.length === 0) return null;
  const items = warnings.map(({ message, advice }) =>
    h('li', {}, sentence(message), advice === null ? null : ` ${sentence(advice)}`),
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
    'The whole interval lies on one side of no change (and of the machine’s floor, where that is known), the estimate is at least the smallest change that matters, and p, adjusted over all that gates, is small enough.',
  ],
  ['same', 'The whole interval lies within the smallest change that matters: shown to be no change worth a word.'],
  ['inconclusive', 'Neither: more pairs would tell. Not the same as “same”.'],
  ['too few', 'So few trials could not have shown anything, whatever they had measured.'],
  ['not comparable', 'The machine, a setting, the contract or the workload differ, or a side has no value.'],
];

function aboutSection(comparison: RunComparison): Markup {
  return h(
    'section',
    { class: 'about', id: 'method' },
    h('h2', {}, 'How to read this'),
    h('p', {}, rulesText(comparison)),
    h(
      'dl',
      { class: 'facts' },
      ...verdictMeanings.map(([term, text]) => h('div', {}, h('dt', {}, term), h('dd', {}, text))),
    ),
  );
}
