import { countOf, machineLabel } from '../../compare/text.ts';
import type { Range } from '../../stats/descriptive.ts';
import { compareRows, findingOf, leadMetricOf, type RankedRow, rankedRows } from '../findings.ts';
import { formatFigure, formatPercent, ratioText, toSentence } from '../format.ts';
import type { AnswerPart, Question, ReportModel } from '../model.ts';
import { resolutionSentence, trustText, warningSubject, warningText } from '../sentences.ts';
import { marker } from './charts.ts';
import { type Child, h, type Markup } from './markup.ts';

/** The answer first: a sentence a question, one picture of cost and memory, and how far to trust both. */
export function firstScreen(model: ReportModel): Markup {
  const questions = model.groups.flatMap((group) => group.questions);
  return h(
    'header',
    { id: 'answers' },
    h('h1', {}, model.title),
    h('p', { class: 'context' }, contextSentence(model)),
    findingList(questions, model),
    glance(questions),
    trustFold(model),
  );
}

function contextSentence({ run, groups }: ReportModel): string {
  const { machine, scenario } = run;
  const trialCounts = scenario.entries.map((entry) => entry.trialCount);
  const atMost = new Set(trialCounts).size > 1 ? 'up to ' : '';
  const services = new Set(run.implementations.map(({ manifest }) => manifest.service)).size;
  const parts = [
    groups.length === 0
      ? primitivesSummary(run)
      : `${countOf(run.implementations.length, 'implementation')} of ${services === 1 ? 'one service' : `${services} services`}, ${atMost}${countOf(Math.max(0, ...trialCounts), 'trial')} each, in turn`,
    machineLabel(machine),
    run.startedAt.slice(0, 10),
    ...(run.commit === null ? [] : [`commit ${run.commit.sha.slice(0, 7)}${run.commit.dirty ? ' with changes' : ''}`]),
  ];
  return parts.join(' · ');
}

function primitivesSummary({ scenario, primitiveCount }: ReportModel['run']): string {
  const processes = scenario.primitives?.repetitionCount ?? 1;
  return `${countOf(primitiveCount, 'measurement')}, ${processes === 1 ? 'one fresh process' : `${processes} fresh processes`} a case, in turn`;
}

/** So many sentences fit on the first screen; the others are the titles of their sections. */
const maxFindingCount = 6;

function findingList(questions: readonly Question[], { primitives, run }: ReportModel): Child {
  const shown = questions.slice(0, maxFindingCount);
  const items = shown.map((question) =>
    h(
      'li',
      {},
      ...sentenceParts(findingOf(question).sentence),
      ' ',
      h('a', { href: `#${question.id}`, class: 'more' }, 'More'),
    ),
  );
  const hidden = questions.length - shown.length;
  const rest =
    hidden === 0
      ? []
      : [h('li', { class: 'aside' }, `${countOf(hidden, 'more question')}: the contents list names them.`)];
  const single =
    primitives.length === 0
      ? []
      : [
          h(
            'li',
            {},
            h('a', { href: '#primitives' }, `What a unit of concurrency costs`),
            `: ${countOf(primitives.length, 'primitive')} in each language.`,
          ),
        ];
  if (items.length + single.length === 0)
    return h('p', { class: 'lede' }, `${toSentence(run.scenario.description)} Nothing was measured.`);
  return h('ul', { class: 'findings' }, ...items, ...rest, ...single);
}

function sentenceParts(parts: readonly AnswerPart[]): Child[] {
  return parts.map(({ text, strong }) => (strong ? h('strong', { class: 'name' }, text) : text));
}

/** The question that the picture shows: of those with a cost the one with most rows, in the middle of the rates. */
function shownQuestion(questions: readonly Question[]): Question | null {
  const known = questions.filter((question) => rankedRows(question).length > 0);
  const most = Math.max(0, ...known.map((question) => rankedRows(question).length));
  const widest = known.filter(
    (question) => rankedRows(question).length === most && leadMetricOf(question)?.id === 'cpu-per-request',
  );
  const candidates = widest.length > 0 ? widest : known;
  return candidates[Math.floor((candidates.length - 1) / 2)] ?? null;
}

/** Bars of cost and memory that need no script, cheapest first; a shared letter: not told apart. */
function glance(questions: readonly Question[]): Child {
  const question = shownQuestion(questions);
  if (question === null) return null;
  const ranked = rankedRows(question);
  const hasLetters = ranked.some(({ letters }) => letters !== null);
  const [cheapest] = ranked;
  const memoryOf = ({ row }: RankedRow) => row.figures['memory-median'] ?? row.figures['node-memory'] ?? null;
  const frame: GlanceFrame = {
    question,
    hasLetters,
    cheapest: cheapest as RankedRow,
    costMax: Math.max(...ranked.map(({ range }) => range.max)),
    memoryMax: Math.max(1, ...ranked.map((row) => memoryOf(row)?.max ?? 0)),
    memoryOf,
  };
  const caption = `Cost and memory ${question.conditions}. Bar: median trial; line: minimum to maximum.${hasLetters ? ' Rows that share a letter cannot be told apart.' : ''}`;
  return h(
    'table',
    { class: 'glance', role: 'table' },
    h('caption', {}, caption),
    h('thead', { role: 'rowgroup' }, glanceHeads(frame)),
    h('tbody', { role: 'rowgroup' }, ...ranked.map((row) => glanceRow(row, frame))),
  );
}

interface GlanceFrame {
  readonly question: Question;
  readonly hasLetters: boolean;
  readonly cheapest: RankedRow;
  readonly costMax: number;
  readonly memoryMax: number;
  memoryOf(row: RankedRow): Range | null;
}

function glanceHeads({ question, hasLetters }: GlanceFrame): Markup {
  const cost = leadMetricOf(question)?.id === 'cpu-per-request' ? 'CPU per request, ms' : 'Figure';
  const head = (text: Child, span: string | null = null) =>
    h('th', { scope: 'col', role: 'columnheader', class: span }, text);
  return h(
    'tr',
    { role: 'row' },
    head('Implementation'),
    hasLetters ? head('Group', 'letter') : null,
    head(cost, 'wide'),
    head(['times ', h('span', { 'data-baseline-name': '' }, 'the least')], 'n'),
    head('Private memory, MiB', 'wide'),
  );
}

function glanceRow(row: RankedRow, frame: GlanceFrame): Markup {
  const { id, range } = row;
  const { style, language, model } = row.row.implementation;
  const { question, hasLetters, cheapest } = frame;
  const unit = leadMetricOf(question)?.id === 'cpu-per-request' ? 'ms' : 'ms/s';
  const memory = frame.memoryOf(row);
  const { ratio, interval } = compareRows(question, cheapest, row);
  return h(
    'tr',
    { role: 'row', 'data-implementation': id },
    h(
      'th',
      { scope: 'row', role: 'rowheader' },
      marker(style),
      h('span', { class: 'id' }, id),
      h('span', { class: 'kind' }, `${language}, ${model}`),
    ),
    hasLetters ? h('td', { role: 'cell', class: 'letter' }, row.letters ?? '') : null,
    h(
      'td',
      { class: 'wide', 'data-value': range.median },
      bar(range, frame.costMax, style, `${formatFigure(unit, range.median)}`),
    ),
    h(
      'td',
      { role: 'cell', class: 'n', 'data-ratio-of': id, 'data-question': question.id, 'data-cheapest': cheapest.id },
      id === cheapest.id ? '1' : ratioText(ratio, interval),
    ),
    memory === null
      ? h('td', { role: 'cell' }, '–')
      : h(
          'td',
          { role: 'cell', class: 'wide memory', 'data-value': memory.median },
          bar(memory, frame.memoryMax, style, formatFigure('bytes', memory.median)),
        ),
  );
}

/** As wide as its column: the drawing is stretched, its lines are not. */
function bar(range: Range, max: number, style: RankedRow['row']['implementation']['style'], text: string): Child {
  const at = (value: number) => Number(((100 * value) / max).toFixed(1));
  return [
    h(
      'svg',
      {
        class: `range ${style.family}-${style.shade}`,
        viewBox: '0 0 100 10',
        preserveAspectRatio: 'none',
        height: 12,
        'aria-hidden': 'true',
      },
      h('rect', { class: 'bar', x: 0, y: 0, width: at(range.median), height: 10 }),
      h('line', { class: 'whisker', x1: at(range.min), y1: 5, x2: at(range.max), y2: 5 }),
    ),
    h('span', { class: 'value' }, text),
  ];
}

/** One line that says how far the figures can be trusted; it opens to the reasons. */
function trustFold(model: ReportModel): Child {
  const { warnings, trust } = model;
  const details: Child[] = [
    trustText(trust) === '' ? null : h('p', {}, toSentence(trustText(trust))),
    ...trust.resolutions.slice(0, 1).map(({ resolution }) => h('p', {}, resolutionSentence(resolution))),
    warnings.length === 0 ? null : h('ul', { class: 'warnings' }, ...warnings.map(warningItem)),
    h('p', {}, h('a', { href: '#repeat' }, 'Repeat it'), ' on your machine with one command.'),
  ];
  return h(
    'details',
    { class: 'trust', id: 'warnings' },
    h('summary', {}, h('b', {}, 'Can it be trusted? '), trustLine(model)),
    ...details,
  );
}

function warningItem(warning: ReportModel['warnings'][number]): Markup {
  const subject = warningSubject(warning);
  const about = subject === null ? null : h('b', { class: 'implementation' }, `${subject}: `);
  return h('li', {}, about, warningText(warning));
}

/** "27 of 27 trials count · CPU differences over 18 % are told apart · 2 cores shared · 3 warnings" */
function trustLine({ run, groups, trust, warnings }: ReportModel): string {
  const rows = groups.flatMap(({ questions }) => questions.flatMap((question) => question.rows));
  const okCount = rows.reduce((sum, row) => sum + row.okCount, 0);
  const plannedCount = rows.reduce((sum, row) => sum + row.plannedCount, 0);
  const [coarsest] = trust.resolutions;
  const isShared = warnings.some(({ code }) => code === 'shared-cores');
  const parts = [
    ...(plannedCount === 0 ? [] : [`${okCount} of ${countOf(plannedCount, 'trial')} count`]),
    ...(run.state === 'complete' ? [] : [`the run was ${run.state}`]),
    ...(coarsest === undefined
      ? []
      : [`CPU differences over ${formatPercent(coarsest.resolution.halfWidthRatio)} are told apart`]),
    `${countOf(run.machine.coreCount, 'core')}${isShared ? ' shared by all' : ''}`,
    ...(trust.latencyDiscardedCount === 0
      ? []
      : [`latency discarded in ${countOf(trust.latencyDiscardedCount, 'trial')}`]),
    ...(trust.notConvergedCount === 0 ? [] : [`warm-up not converged in ${countOf(trust.notConvergedCount, 'trial')}`]),
    warnings.length === 0 ? 'no warnings' : countOf(warnings.length, 'warning'),
  ];
  return parts.join(' · ');
}
