import { presentable } from '../../model/foreign-text.ts';
import { packCharts } from '../charts/packed.ts';
import { type ReportCharts, reportCharts } from '../charts/report-charts.ts';
import { compareRows, rankedRows } from '../findings.ts';
import { formatNumber, formatRange, noValue, toMebibytes } from '../format.ts';
import type { CpuSlope, Group, Question, ReportModel } from '../model.ts';
import { largestClusterText } from '../sentences.ts';
import { aboutSections } from './about.ts';
import { chartBlock, marker } from './charts.ts';
import { claimsSection } from './claims.ts';
import { pageBar } from './controls.ts';
import { costsSection } from './costs.ts';
import { orderedTrials } from './detail-tables.ts';
import { firstScreen } from './first-screen.ts';
import { type Child, h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageHtml } from './page.ts';
import { primitivesBlock } from './primitives.ts';
import { profilesSection } from './profiles.ts';
import { questionSection } from './question.ts';

export type { PageAssets };

/** The report as one HTML document that needs no network and reads without JavaScript. */
export function reportHtml(report: ReportModel, assets: PageAssets): string {
  const model = presentable(report);
  const charts = reportCharts(model);
  const all = [...charts.values()].flat();
  const main = h(
    'main',
    { id: 'main' },
    firstScreen(model),
    h(
      'noscript',
      {},
      h('p', { class: 'aside' }, 'The charts need JavaScript; every figure they show is in the tables.'),
    ),
    ...model.groups.map((group) => groupSection(group, charts)),
    primitivesBlock(model.primitives, charts),
    costsSection(model),
    profilesSection(model.profiles),
    claimsSection(model),
    ...aboutSections(model),
  );
  return pageHtml(
    {
      title: model.title,
      data: { charts: packCharts(all), ratios: embeddedRatios(model), trials: embeddedTrials(model) },
      content: [pageBar(model, all), main],
    },
    assets,
  );
}

/** Of every question its rows' ratios to each other, for the reader may choose what they are over. */
function embeddedRatios({ groups }: ReportModel) {
  const questions = groups.flatMap((group) => group.questions);
  return Object.fromEntries(questions.map((question) => [question.id, questionRatios(question)]));
}

function questionRatios(question: Question) {
  const ranked = rankedRows(question);
  return Object.fromEntries(
    ranked.map((row) => [
      row.id,
      Object.fromEntries(
        ranked
          .filter((base) => base !== row)
          .map((base) => {
            const { ratio, interval } = compareRows(question, base, row);
            return [base.id, [ratio, interval?.[0] ?? null, interval?.[1] ?? null]];
          }),
      ),
    ]),
  );
}

const secondSeries = [
  { key: 'coresUsed', title: 'CPU', unit: 'cores', shown: (value: number) => value },
  { key: 'privateBytes', title: 'Private memory', unit: 'MiB', shown: toMebibytes },
  { key: 'responseP50Ms', title: 'Response p50', unit: 'ms', shown: (value: number) => value },
] as const;

/** What the row of a trial opens to. */
function embeddedTrials({ groups }: ReportModel) {
  const trials = groups.flatMap(({ questions }) => questions.flatMap(orderedTrials));
  const byId = Object.fromEntries(
    trials.map(({ id, row, trial }) => [
      id,
      {
        title: `${row.implementation.id}, trial ${trial.repetition}${trial.attempt > 1 ? `, attempt ${trial.attempt}` : ''}`,
        style: row.implementation.style,
        phases: trial.phases.map(({ name, text, lengthMs }) => [name, text, lengthMs]),
        requests: trial.counts.map(({ name, text }) => `${name} ${text}`).join(' · '),
        noise: trial.noise.map(({ text }) => text),
        series: secondSeries.map(({ key, title, unit, shown }) => ({
          title,
          unit,
          values: (trial.overTime?.[key] ?? []).map((value) => (value === null ? null : shown(value))),
        })),
      },
    ]),
  );
  return { noiseNames: trials[0]?.trial.noise.map(({ name }) => name) ?? [], byId };
}

/** One workload at all its rates; a single question needs no level of headings for its group. */
function groupSection(group: Group, charts: ReportCharts): Markup {
  const [only, ...others] = group.questions;
  if (only !== undefined && others.length === 0)
    return h('section', { class: 'group', id: group.id }, questionSection(only, 'h2', charts));
  return h(
    'section',
    { class: 'group', id: group.id },
    h('h2', {}, groupTitle(group)),
    h(
      'section',
      { class: 'question' },
      h('h3', {}, comparisonTitle(group)),
      largestClusterList(group),
      chartBlock(charts.get(group) ?? []),
      slopeTable(group),
    ),
    ...group.questions.map((question) => questionSection(question, 'h3', charts)),
  );
}

function comparisonTitle({ questions }: Group): string {
  return questions.some(({ ratePerSec }) => ratePerSec > 0) ? 'Across rates' : 'Across cluster sizes';
}

function largestClusterList({ largest }: Group): Child {
  if (largest.length === 0) return null;
  return h('ul', { class: 'notes' }, ...largest.map((one) => h('li', {}, largestClusterText(one))));
}

function slopeTable(group: Group): Child {
  if (group.slopes.length === 0) return null;
  const lines = group.slopes.map((slope) => ({
    attributes: { 'data-implementation': slope.implementation.id },
    cells: [
      [marker(slope.implementation.style), slope.implementation.id],
      formatNumber(slope.slopeMsPerRequest),
      formatNumber(slope.interceptMsPerSec),
      idleText(group, slope),
    ],
  }));
  return plainTable(
    'The cost of one more request: a least-squares line through the CPU used at each rate, over every trial that counts',
    ['Implementation', 'CPU for one more request, ms', 'the line at no load, ms/s', 'measured while idle, ms/s'],
    lines,
  );
}

function idleText(group: Group, slope: CpuSlope): string {
  const rows = group.questions
    .flatMap((question) => question.rows)
    .filter((row) => row.implementation === slope.implementation);
  const idle = rows.map((row) => row.figures['idle-cpu'] ?? null).find((range) => range !== null);
  return idle === undefined ? noValue : formatRange('ms/s', idle);
}

function groupTitle(group: { readonly workload: string; readonly temperature: string }): string {
  return group.temperature === 'cold' ? `${group.workload}, cold` : group.workload;
}
