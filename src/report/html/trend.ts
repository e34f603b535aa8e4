import { countOf } from '../../compare/text.ts';
import type { ModelTrends, Trend } from '../../compare/trend.ts';
import { describeCell, describeQuestion, questionId } from '../../model/cell-key.ts';
import { presentable } from '../../model/foreign-text.ts';
import type { TrendReport } from '../build/trends.ts';
import type { LineChart } from '../charts/chart.ts';
import { packCharts } from '../charts/packed.ts';
import { resultsOf, trendCharts } from '../charts/trend-charts.ts';
import { formatFigure, labelWithUnit, toSentence } from '../format.ts';
import {
  changePointText,
  environmentText,
  excludedText,
  machineText,
  severalMachinesText,
  sourceName,
  trendCells,
  trendHeads,
} from '../tables/trend-table.ts';
import { chartBlock, marker } from './charts.ts';
import { contentsBar } from './controls.ts';
import { type Child, collapsible, h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';

/** The trends of a folder of results as one page: what changed, then each question of each processor model. */
export function trendHtml(report: TrendReport, assets: PageAssets): string {
  const shown = presentable(report);
  const sections = shown.models.map((model, index) => modelSection(model, index, shown));
  const main = h(
    'main',
    { id: 'main' },
    pageHeader(shown),
    h('noscript', {}, h('p', { class: 'aside' }, 'The charts need JavaScript; the tables have each trend.')),
    ...sections.map(({ markup }) => markup),
    methodSection(),
  );
  const contents = shown.models.map(({ cpuModel }, index) => [modelId(index), cpuModel] as const);
  const charts = packCharts(sections.flatMap((section) => section.charts));
  return pageHtml(
    {
      title: 'Trends',
      data: { charts, ratios: {}, trials: {} },
      content: [contentsBar('#main', [...contents, ['method', 'Method']], null), main],
    },
    assets,
  );
}

function modelId(index: number): string {
  return `model-${index + 1}`;
}

const maxChangeCount = 12;

/** The newest changes of level first, those of commits before the others. */
function pageHeader({ resultCount, models }: TrendReport): Markup {
  const changes = models
    .flatMap(({ trends }) => trends)
    .flatMap((trend) => (trend.changePoint === null ? [] : [{ trend, change: trend.changePoint }]))
    .sort((a, b) => b.change.at.startedAt.localeCompare(a.change.at.startedAt));
  const ofCommits = changes.filter(({ change }) => change.cause === 'commit');
  const ordered = [...ofCommits, ...changes.filter(({ change }) => change.cause !== 'commit')];
  const hiddenCount = Math.max(0, ordered.length - maxChangeCount);
  const results = `${countOf(resultCount, 'result')} on ${countOf(models.length, 'processor model')}`;
  return h(
    'header',
    { id: 'answers' },
    h('h1', {}, ordered.length === 0 ? 'No level changed' : `${countOf(ordered.length, 'change')} of level`),
    h('p', { class: 'context' }, results),
    h(
      'ul',
      { class: 'findings' },
      ...ordered
        .slice(0, maxChangeCount)
        .map(({ trend, change }) =>
          h(
            'li',
            {},
            h('strong', { class: 'name' }, capitalized(trend.label)),
            ` of ${describeCell(trend.cell)}: ${changePointText(change)}`,
          ),
        ),
      hiddenCount === 0
        ? null
        : h('li', { class: 'aside' }, `${countOf(hiddenCount, 'more change')}: the tables have them.`),
    ),
  );
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

interface ChartedSection {
  readonly markup: Markup;
  readonly charts: readonly LineChart[];
}

function modelSection(model: ModelTrends, index: number, { implementations }: TrendReport): ChartedSection {
  const { cpuModel, machines, trends, excluded, environmentChanges } = model;
  const id = modelId(index);
  const byQuestion = [...Map.groupBy(trends, ({ cell }) => questionId(cell))];
  const single = byQuestion.filter(([, own]) => resultsOf(own).length < 2);
  const questions = byQuestion
    .filter((one) => !single.includes(one))
    .map(([question, own]) => ({
      own,
      id: `${id}-${question}`,
      charts: trendCharts({ id: `${id}-${question}`, implementations }, own, model),
    }));
  const markup = h(
    'section',
    { class: 'group', id },
    h('h2', {}, cpuModel),
    h('ul', { class: 'notes' }, ...machines.map((machine) => h('li', {}, toSentence(machineText(machine))))),
    machines.length > 1 ? h('p', { class: 'aside' }, severalMachinesText) : null,
    ...questions.map((question) => questionSection(question, machines.length, implementations)),
    singleFold(single.map(([, own]) => own)),
    trends.length === 0 ? h('p', {}, 'No result has a trial of a service that counts.') : null,
    listFold(
      `${countOf(environmentChanges.length, 'change')} of the environment`,
      environmentChanges.map(environmentText),
    ),
    listFold(`${countOf(excluded.length, 'reason')} why results are left out`, excluded.map(excludedText)),
  );
  return { markup, charts: questions.flatMap(({ charts }) => charts) };
}

/** What was asked once has no trend yet. */
function singleFold(single: readonly (readonly Trend[])[]): Child {
  const names = single.flatMap(([first]) => (first === undefined ? [] : [describeQuestion(first.cell)]));
  return listFold(`${countOf(names.length, 'question')} with a single result, which is no trend yet`, names);
}

function listFold(summary: string, texts: readonly string[]): Child {
  if (texts.length === 0) return null;
  return collapsible(summary, h('ul', { class: 'notes' }, ...texts.map((text) => h('li', {}, text))));
}

/** What most readers look for; the others are folded. */
const leadMetricIds = ['cpu-per-request', 'response-p50', 'memory-median', 'election-p50'];
const faintText =
  'Fainter, “(other settings)”: results that differ from the newest in a setting, which is named below. They are not compared with it.';

interface TrendQuestion {
  readonly id: string;
  readonly own: readonly Trend[];
  readonly charts: readonly LineChart[];
}

function questionSection(
  { id, own, charts }: TrendQuestion,
  machineCount: number,
  implementations: TrendReport['implementations'],
): Markup {
  const leading = charts.filter((chart) => leadMetricIds.some((metricId) => chart.id === `${id}-${metricId}`));
  const others = charts.filter((chart) => !leading.includes(chart));
  const [{ cell }] = own as readonly [Trend];
  return h(
    'section',
    { class: 'question', id },
    h('h3', {}, describeQuestion(cell)),
    chartBlock(leading, faintText),
    others.length === 0
      ? null
      : h(
          'details',
          { class: 'charts-fold' },
          h('summary', {}, countOf(others.length, 'more chart')),
          chartBlock(others, faintText),
        ),
    trendTable('First and last result', leadingTrends(own), machineCount, implementations),
    otherFigures(own, machineCount, implementations),
    collapsible('Results one by one', resultTable(own)),
  );
}

/** What most readers look for, and what changed. */
function leadingTrends(trends: readonly Trend[]): Trend[] {
  return trends.filter(({ metricId, changePoint }) => leadMetricIds.includes(metricId) || changePoint !== null);
}

function otherFigures(
  trends: readonly Trend[],
  machineCount: number,
  implementations: TrendReport['implementations'],
): Child {
  const leading = leadingTrends(trends);
  const others = trends.filter((trend) => !leading.includes(trend));
  if (others.length === 0) return null;
  const table = trendTable('The other figures, first and last', others, machineCount, implementations);
  return collapsible(countOf(others.length, 'more trend'), table);
}

function trendTable(
  caption: string,
  trends: readonly Trend[],
  machineCount: number,
  implementations: TrendReport['implementations'],
): Markup {
  const [, ...heads] = trendHeads(machineCount);
  const rows = trends.map((trend) => {
    const { implementation } = trend.cell;
    const style = implementations.find(({ id }) => id === implementation)?.style;
    const cells: Child[] = trendCells(trend, machineCount);
    const changed = h('span', { class: 'why' }, cells.at(-1) ?? null);
    return {
      attributes: { 'data-implementation': implementation },
      cells: [[style === undefined ? null : marker(style), implementation], ...cells.slice(0, -1), changed],
    };
  });
  return plainTable(caption, ['Implementation', 'figure', ...heads], rows);
}

const maxTabledCount = 30;

/** The newest points of what most readers look for, for those without the charts. */
function resultTable(trends: readonly Trend[]): Markup {
  const leading = trends.filter(({ metricId }) => leadMetricIds.includes(metricId));
  const rows = leading.flatMap((trend) =>
    trend.points
      .slice(-maxTabledCount)
      .map((point): Child[] => [
        trend.cell.implementation,
        labelWithUnit(trend),
        point.startedAt.slice(0, 16).replace('T', ' '),
        h('span', { class: 'why' }, sourceName(point)),
        formatFigure(trend.unit, point.value),
        point.interval === null
          ? '–'
          : `${formatFigure(trend.unit, point.interval.low)}–${formatFigure(trend.unit, point.interval.high)}`,
      ]),
  );
  return plainTable(
    `The newest results as they were measured, ${maxTabledCount} at most`,
    ['Implementation', 'figure', 'started', 'commit', 'median', 'interval'],
    rows,
  );
}

function methodSection(): Markup {
  return h(
    'section',
    { class: 'about', id: 'method' },
    h('h2', {}, 'How to read this'),
    h(
      'p',
      {},
      'Each processor model has its own trends, and no figure is carried to another model. A level changed where the two sides of a result differ most by the rank-sum test, if p times the number of results tried is at most 0.05. The change is not given to a commit where it is gone once each machine is measured by its own level, or where the other implementations moved too.',
    ),
  );
}
