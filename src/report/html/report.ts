import { countOf } from '../../compare/text.ts';
import { presentable } from '../../model/foreign-text.ts';
import { questionHeading } from '../build/question-key.ts';
import { type ReportCharts, reportCharts } from '../charts/report-charts.ts';
import { formatNumber, formatRange, noValue, toSentence } from '../format.ts';
import type { Answer, CpuSlope, Group, Question, ReportModel } from '../model.ts';
import { largestClusterText } from '../sentences.ts';
import { aboutSections } from './about.ts';
import { chartBlock, marker } from './charts.ts';
import { claimsSection } from './claims.ts';
import { type Child, h, type Markup, plainTable } from './markup.ts';
import { type PageAssets, pageBrand, pageHtml } from './page.ts';
import { primitivesBlock } from './primitives.ts';
import { questionSection } from './question.ts';

export type { PageAssets };

/** The report as one HTML document that needs no network and reads without JavaScript. */
export function reportHtml(report: ReportModel, assets: PageAssets): string {
  const model = presentable(report);
  const charts = reportCharts(model);
  const main = h(
    'main',
    {},
    h('noscript', {}, noScript()),
    claimsSection(model),
    ...mainSections(model, charts),
    primitivesBlock(model.primitives, charts),
    ...aboutSections(model),
  );
  return pageHtml(
    { title: model.title, charts: [...charts.values()].flat(), content: [pageHeader(model), main] },
    assets,
  );
}

function hasSeveralQuestions({ groups }: ReportModel): boolean {
  return groups.flatMap((group) => group.questions).length > 1;
}

/** A single question needs no level of headings for its group. */
function mainSections(model: ReportModel, charts: ReportCharts): Child[] {
  const questions = model.groups.flatMap((group) => group.questions);
  if (questions.length === 0) return [];
  if (!hasSeveralQuestions(model))
    return questions.map((question) => questionSection(question, { heading: null, isFolded: false }, charts));
  return [overviewTable(questions), ...model.groups.map((group) => groupSection(group, charts))];
}

function noScript(): Child {
  return h('p', { class: 'aside' }, 'The charts need JavaScript; every figure they show is in the tables.');
}

function pageHeader(model: ReportModel): Markup {
  return h(
    'header',
    {},
    pageBrand(),
    h('h1', {}, model.title),
    h('p', { class: 'lede' }, `${toSentence(questionText(model))} ${introOf(model)}`),
    h('p', { class: 'context' }, contextSentence(model)),
  );
}

/** The question, in the words of its declaration. */
function questionText(model: ReportModel): string {
  const { scenario, workloads } = model.run;
  const [only] = workloads;
  return hasSeveralQuestions(model) || only === undefined ? scenario.description : only.description;
}

function introOf({ groups }: ReportModel): string {
  const questions = groups.flatMap((group) => group.questions);
  if (questions.length === 0) return primitivesIntro;
  return questions.some(({ ratePerSec }) => ratePerSec > 0) ? loadIntro : idleIntro;
}

const loadIntro =
  'Every implementation answers the same requests, due at the same fixed times. What differs is the cost of keeping up.';

const idleIntro = 'Every implementation runs under the same conditions; no requests are sent.';

const primitivesIntro =
  'The same operation in each language, checked each time, measured with that language’s own benchmark tool.';

function contextSentence({ run, groups }: ReportModel): string {
  const { machine, scenario } = run;
  const trialCounts = scenario.entries.map((entry) => entry.trialCount);
  const atMost = new Set(trialCounts).size > 1 ? 'up to ' : '';
  const services = new Set(run.implementations.map(({ manifest }) => manifest.service)).size;
  const parts = [
    groups.length === 0
      ? primitivesSummary(run)
      : `${countOf(run.implementations.length, 'implementation')} of ${services === 1 ? 'one service' : `${services} services`}, ${atMost}${countOf(Math.max(0, ...trialCounts), 'trial')} each, in turn`,
    `${machine.cpuModel}, ${countOf(machine.coreCount, 'core')}`,
    run.startedAt.slice(0, 10),
    ...(run.commit === null ? [] : [`commit ${run.commit.sha.slice(0, 7)}${run.commit.dirty ? ' with changes' : ''}`]),
  ];
  return parts.join(' · ');
}

function primitivesSummary({ scenario, primitiveCount }: ReportModel['run']): string {
  const processes = scenario.primitives?.repetitionCount ?? 1;
  return `${countOf(primitiveCount, 'measurement')}, ${processes === 1 ? 'one fresh process' : `${processes} fresh processes`} a case, in turn`;
}

/** Every question's answer in a word: the first screen of a run with several. */
function overviewTable(questions: readonly Question[]): Markup {
  const answers = questions.flatMap((question) => question.answers).filter((answer) => answer.metricId !== null);
  const subjects = [...new Set(answers.map((answer) => answer.subject))];
  const lines = questions.map((question): Child[] => [
    h('a', { href: `#${question.id}` }, question.conditions.replace(/^at /, '')),
    ...subjects.map((subject) => answerSummary(question.answers.find((answer) => answer.subject === subject))),
  ]);
  return h(
    'section',
    { class: 'question overview' },
    plainTable(subjects.length === 0 ? 'The questions' : 'The answers at a glance', ['Question', ...subjects], lines),
  );
}

function answerSummary(answer: Answer | undefined): Child {
  if (answer === undefined) return noValue;
  if (answer.verdict === 'too-few') return 'too few trials';
  const names = answer.parts.filter(({ strong }) => strong).map(({ text }) => text);
  if (answer.verdict === 'distinct') return h('b', {}, names.join(', '));
  return names.length > 3 ? `${names.length} indistinct` : `cannot tell apart: ${names.join(', ')}`;
}

/** One workload at all its rates. */
function groupSection(group: Group, charts: ReportCharts): Markup {
  const folded = group.questions.length > 1;
  return h(
    'section',
    { class: 'group', id: group.id },
    h('h2', {}, groupTitle(group)),
    ...group.questions.map((question) =>
      questionSection(question, { heading: questionHeading(question), isFolded: folded }, charts),
    ),
    folded
      ? h(
          'section',
          { class: 'question' },
          h('h3', {}, comparisonTitle(group)),
          largestClusterList(group),
          chartBlock(charts.get(group) ?? []),
          slopeTable(group),
        )
      : null,
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
  const lines = group.slopes.map((slope): Child[] => [
    [marker(slope.implementation.style), slope.implementation.id],
    formatNumber(slope.slopeMsPerRequest),
    formatNumber(slope.interceptMsPerSec),
    idleText(group, slope),
  ]);
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
