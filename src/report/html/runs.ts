import { changeText, countOf } from '../../compare/text.ts';
import type { Comparison } from '../../model/comparison.ts';
import { presentable } from '../../model/foreign-text.ts';
import { type Chart, slotOf } from '../charts/chart.ts';
import { packCharts } from '../charts/packed.ts';
import { runCharts } from '../charts/run-charts.ts';
import { joinList, noValue, toSentence } from '../format.ts';
import type { OverlaidCell, OverlaidMetric, OverlaidRun, RunsReport } from '../runs-model.ts';
import { verdictWords } from '../tables/comparison-table.ts';
import { chartBlock, marker } from './charts.ts';
import { contentsBar, explorePanel } from './controls.ts';
import { axisLimit, forestPlot, hasRatio } from './forest-plot.ts';
import { type Child, collapsible, h, type Markup, plainTable, type TableHead } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';
import { profileDifferencesSection } from './profiles.ts';
import { runsAbout } from './runs-about.ts';

/** Several runs in one offline page: the answer, where the runs differ, each cell with every change drawn. */
export function runsHtml(all: RunsReport, assets: PageAssets): string {
  const report = presentable(all);
  const charts = runCharts(report);
  const drawn = [...charts.values()].flat();
  const main = h(
    'main',
    { id: 'main' },
    firstScreen(report),
    ...report.cells.filter(hasLines).map((cell) => cellSection(cell, report, charts.get(cell.id) ?? [])),
    report.comparisons.map(({ profiles }) => profileDifferencesSection(profiles)),
    ...runsAbout(report),
  );
  const shown = report.runs.map(({ name, style }) => ({ id: name, style }));
  const panel = explorePanel({ title: 'Runs', shown, charts: drawn, rates: [], bases: [] });
  const bar = contentsBar('#answers', contents(report), panel);
  const data = { charts: packCharts(drawn), ratios: {}, trials: { noiseNames: [], byId: {} } };
  return pageHtml({ title: report.title, data, content: [bar, main] }, assets);
}

function contents({ cells }: RunsReport): (readonly [string, string])[] {
  return [
    ['runs', 'Runs'],
    ...cells.filter(hasLines).map(({ id, title }) => [id, title] as const),
    ['method', 'How to read this'],
  ];
}

function hasLines({ lines, otherLines }: OverlaidCell): boolean {
  return lines.length + otherLines.length > 0;
}

/** A judgement begins with its sentence; runs for a look with where they differ. */
function firstScreen(report: RunsReport): Markup {
  const { title, outcome } = report;
  const answers = [findingList(report), overview(report)];
  const about = [runsTable(report), environment(report)];
  return h(
    'header',
    { id: 'answers' },
    h('h1', {}, title),
    outcome === null ? null : h('p', { class: 'lede' }, outcome.summary),
    ...(outcome === null ? [...about, ...answers] : [...answers, ...about]),
    trustFold(report),
  );
}

const maxFindingCount = 6;

function findingList({ cells }: RunsReport): Child {
  const known = [...cells.filter(({ isChanged }) => isChanged), ...cells.filter(({ isChanged }) => !isChanged)];
  const shown = known.filter(hasLines).slice(0, maxFindingCount);
  const hiddenCount = known.filter(hasLines).length - shown.length;
  if (shown.length === 0) return null;
  const rest =
    hiddenCount === 0
      ? []
      : [h('li', { class: 'aside' }, `${countOf(hiddenCount, 'more cell')}: the contents list names them.`)];
  return h(
    'ul',
    { class: 'findings' },
    ...shown.map(({ id, sentence }) =>
      h(
        'li',
        {},
        ...sentence.map(({ text, strong }) => (strong ? h('strong', { class: 'name' }, text) : text)),
        ' ',
        h('a', { href: `#${id}`, class: 'more' }, 'More'),
      ),
    ),
    ...rest,
  );
}

const maxOverviewCount = 16;

/** Every change that a reader came for, drawn on one axis. */
function overview({ cells, runs, outcome }: RunsReport): Child {
  const all = cells.flatMap(({ title, lines }) =>
    (outcome === null ? lines.slice(0, 1) : lines).flatMap(({ comparisons, label }) =>
      comparisons.flatMap((comparison, index) =>
        comparison !== null && hasRatio(comparison.change)
          ? [{ title: `${title}: ${label}`, comparison, run: runs[index + 1] as OverlaidRun }]
          : [],
      ),
    ),
  );
  if (all.length === 0) return null;
  const shown = all.slice(0, maxOverviewCount);
  const reach = axisLimit(shown.map(({ comparison }) => comparison));
  const rows = shown.map(({ title, comparison, run }) => ({
    attributes: runs.length > 2 ? { 'data-implementation': run.name } : {},
    cells: [
      runs.length > 2 ? [marker(run.style), `${run.name}, ${title}`] : title,
      forestPlot(comparison, reach),
      changeText(comparison.change as NonNullable<Comparison['change']>),
      ...(outcome === null ? [] : [verdictText(comparison)]),
    ] satisfies Child[],
  }));
  const more = all.length - shown.length;
  const caption = `Each change with its 95 % interval; the band: changes that do not matter.${more === 0 ? '' : ` ${countOf(more, 'more change')} below.`}`;
  const heads = ['Figure', 'better ← → worse', 'change', ...(outcome === null ? [] : ['verdict'])];
  return h('div', { class: 'overview' }, plainTable(caption, heads, rows));
}

function verdictText({ verdict }: Comparison): Markup {
  return h('span', { class: `verdict ${verdict.kind}` }, verdictWords[verdict.kind]);
}

function runsTable({ runs }: RunsReport): Markup {
  const rows = runs.map((run) => ({
    attributes: { 'data-implementation': run.name },
    cells: [
      [marker(run.style), run.name],
      h('div', { class: 'remarks' }, run.label),
      run.machineLabel,
      run.scenario ?? noValue,
      run.trialCount === 0
        ? 'none'
        : `${run.okCount} of ${run.trialCount}${run.state === 'complete' ? '' : `, ${run.state}`}`,
    ] satisfies Child[],
  }));
  return h(
    'section',
    { id: 'runs' },
    plainTable(
      'The runs; their colours are the same in every chart',
      ['Name', 'run', 'machine', 'scenario', 'trials that count'],
      rows,
    ),
  );
}

function environment({ differences, runs, limits }: RunsReport): Child {
  const notes = limits.map((text) => h('li', {}, text));
  const list = notes.length === 0 ? null : h('ul', { class: 'warnings' }, ...notes);
  if (runs.every(({ trialCount }) => trialCount === 0)) return list;
  if (differences.length === 0)
    return [
      h('p', { class: 'context' }, 'Machine, versions, settings, contract and loop are the same in all of them.'),
      list,
    ];
  const heads = ['field', ...runs.map(({ name }): TableHead => ({ implementation: name }))];
  const rows = differences.map(({ field, values }): Child[] => [field, ...values]);
  const table = plainTable('Where they differ: machine, versions, settings, contract, loop', heads, rows);
  const summary = `They differ in ${differences.length > 3 ? countOf(differences.length, 'field') : joinList(differences.map(({ field }) => field))}`;
  return [
    h('details', { open: differences.length <= 6 ? '' : null, id: 'environment' }, h('summary', {}, summary), table),
    list,
  ];
}

/** "24 of 24 trials count · AMD EPYC, 2 cores · no warnings" */
function trustFold({ runs, comparisons }: RunsReport): Markup {
  const warnings = comparisons.flatMap((one) => one.warnings);
  const [okCount, trialCount] = [
    runs.reduce((sum, run) => sum + run.okCount, 0),
    runs.reduce((sum, run) => sum + run.trialCount, 0),
  ];
  const machines = [...new Set(runs.map(({ machineLabel }) => machineLabel))];
  const parts = [
    trialCount === 0 ? 'nothing was measured' : `${okCount} of ${countOf(trialCount, 'trial')} count`,
    machines.length === 1 ? `${machines[0]}` : countOf(machines.length, 'machine'),
    warnings.length === 0 ? 'no warnings' : countOf(warnings.length, 'warning'),
  ];
  const items = warnings.map(({ message, advice }) =>
    h('li', {}, toSentence(message), advice === null ? null : ` ${toSentence(advice)}`),
  );
  return h(
    'details',
    { class: 'trust', id: 'warnings' },
    h('summary', {}, h('b', {}, 'Can it be trusted? '), parts.join(' · ')),
    items.length === 0 ? null : h('ul', { class: 'warnings' }, ...items),
    h('p', {}, h('a', { href: '#method' }, 'How to read this'), ' says how a change is estimated.'),
  );
}

/** Of more cells than this only those that changed are open. */
const openCellCount = 4;

function cellSection(cell: OverlaidCell, report: RunsReport, charts: readonly Chart[]): Markup {
  const isOpen = cell.isChanged || report.cells.filter(hasLines).length <= openCellCount;
  const title = `${cell.title}: ${cell.finding}`;
  const content = cellContent(cell, report, charts);
  return isOpen
    ? h('section', { class: 'group question', id: cell.id }, h('h2', {}, title), ...content)
    : h('section', { class: 'cell', id: cell.id }, h('details', {}, h('summary', {}, h('h2', {}, title)), ...content));
}

function cellContent({ lines, otherLines }: OverlaidCell, report: RunsReport, charts: readonly Chart[]): Child[] {
  const first = charts.filter((chart) => /-(cpu-per-request|percentiles|pairs-\S+)$/.test(slotOf(chart)));
  const others = charts.filter((chart) => !first.includes(chart));
  const slotCount = new Set(others.map(slotOf)).size;
  const isJudged = report.outcome !== null;
  const folds = [
    slotCount === 0
      ? null
      : h('details', { class: 'charts-fold' }, h('summary', {}, countOf(slotCount, 'more chart')), chartBlock(others)),
    otherLines.length === 0
      ? null
      : collapsible(
          `${countOf(otherLines.length, 'more metric')}${isJudged ? ', not gated' : ''}`,
          metricTable(isJudged ? 'Not gated, p as it is' : medianCaption, otherLines, report),
        ),
  ];
  return [
    lines.length === 0 ? null : metricTable(isJudged ? 'What gates' : medianCaption, lines, report),
    chartBlock(first),
    h('div', { class: 'folds' }, ...folds),
  ];
}

const medianCaption = 'Median (min–max) over the trials that count';

function metricTable(caption: string, lines: readonly OverlaidMetric[], report: RunsReport): Markup {
  const reach = axisLimit(lines.flatMap(({ comparisons }) => comparisons.filter((one) => one !== null)));
  return report.outcome === null
    ? overlayTable(caption, lines, report, reach)
    : verdictTable(caption, lines, report, reach);
}

/** Median and range of each run, and the change of each further one. */
function overlayTable(caption: string, lines: readonly OverlaidMetric[], { runs }: RunsReport, reach: number): Markup {
  const [first, ...others] = runs;
  const heads = [
    'Figure',
    ...runs.map(({ name }): TableHead => ({ implementation: name })),
    ...others.map(({ name }) => `${name} against ${first?.name}`),
  ];
  const rows = lines.map((line): Child[] => [
    line.label,
    ...line.texts,
    ...line.changes.map((text, index) => [forestPlot(line.comparisons[index] ?? null, reach), ' ', text]),
  ]);
  return plainTable(caption, heads, rows);
}

function verdictTable(caption: string, lines: readonly OverlaidMetric[], { runs }: RunsReport, reach: number): Markup {
  const hasFloor = lines.some(({ judged }) => judged?.noiseFloor != null);
  const heads = [
    'Figure',
    ...runs.map(({ name }): TableHead => ({ implementation: name })),
    'better ← → worse',
    'change',
    'p',
    ...(hasFloor ? ['noise floor'] : []),
    'verdict',
  ];
  const rows = lines.flatMap(({ judged, comparisons: [comparison = null] }): Child[][] =>
    judged === null
      ? []
      : [
          [
            judged.metric,
            judged.base,
            judged.head,
            forestPlot(comparison, reach),
            judged.change,
            judged.p,
            ...(hasFloor ? [judged.noiseFloor] : []),
            [h('span', { class: `verdict ${judged.kind}` }, judged.verdict), h('small', { class: 'why' }, judged.note)],
          ],
        ],
  );
  return plainTable(caption, heads, rows);
}
