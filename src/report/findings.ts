import { areApart, minRankedTrialCount, type Ranking, ratioBetween } from '../compare/ranking.ts';
import { countOf } from '../compare/text.ts';
import { metricById } from '../model/metric.ts';
import type { Range } from '../stats/descriptive.ts';
import { displayUnit, formatFigure, formatNumber, joinList } from './format.ts';
import type { AnswerPart, Question, Row } from './model.ts';

/** What a question found: as the title of its section, and as the sentence of the first screen. */
export interface Finding {
  readonly title: string;
  readonly sentence: readonly AnswerPart[];
}

/** The figure that a question is about. */
interface LeadMetric {
  readonly id: string;
  /** "spent 0.72 ms of CPU a request" */
  readonly verb: string;
  readonly object: string;
  /** "needs the least CPU" */
  readonly superlative: string;
  readonly noun: string;
}

const leadMetrics: readonly LeadMetric[] = [
  {
    id: 'cpu-per-request',
    verb: 'spent',
    object: 'of CPU a request',
    superlative: 'needs the least CPU',
    noun: 'CPU',
  },
  {
    id: 'election-p50',
    verb: 'had a new leader after',
    object: 'in half of the elections',
    superlative: 'elects the fastest',
    noun: 'election time',
  },
  {
    id: 'node-cpu',
    verb: 'spent',
    object: 'of CPU a second on an idle node',
    superlative: 'needs the least CPU',
    noun: 'CPU',
  },
  { id: 'node-memory', verb: 'held', object: 'for a node', superlative: 'needs the least memory', noun: 'memory' },
];

export function leadMetricOf({ rows }: Pick<Question, 'rows'>): LeadMetric | null {
  return leadMetrics.find(({ id }) => rows.some(({ figures }) => (figures[id] ?? null) !== null)) ?? null;
}

/** A row with its lead figure and its place, the least first; letters are shared by what cannot be told apart. */
export interface RankedRow {
  readonly id: string;
  readonly row: Row;
  readonly range: Range;
  /** null: too few trials, shown but not ranked. */
  readonly letters: string | null;
}

type RankedQuestion = Pick<Question, 'rows' | 'rankings'>;

export function rankedRows(question: RankedQuestion): RankedRow[] {
  const lead = leadMetricOf(question);
  if (lead === null) return [];
  const order = rankingBy(question, lead)?.ranked ?? [];
  const known = question.rows.flatMap((row) => {
    const { id } = row.implementation;
    const range = (lead.id === 'election-p50' ? electionRange(row) : null) ?? row.figures[lead.id] ?? null;
    const letters = order.find(({ implementation }) => implementation === id)?.letters ?? null;
    return range === null ? [] : [{ id, row, range, letters }];
  });
  const place = ({ id }: RankedRow) => order.findIndex(({ implementation }) => implementation === id);
  return known.sort((a, b) =>
    a.letters !== null && b.letters !== null ? place(a) - place(b) : a.range.median - b.range.median,
  );
}

function rankingBy({ rankings }: RankedQuestion, { id }: LeadMetric): Ranking | null {
  return rankings.find(({ metricId }) => metricId === id) ?? null;
}

/** The median of all elections, with its interval in the place of the range of the trials. */
function electionRange({ elections }: Row): Range | null {
  const { p50, timesMs } = elections ?? { p50: null, timesMs: [] };
  if (p50 === null || p50.lower === null || p50.upper === null) return null;
  return { median: p50.estimate, min: p50.lower, max: p50.upper, values: timesMs };
}

/** How two rows compare: the ratio of the second to the first. */
export interface RowRatio {
  readonly ratio: number;
  /** null: not both are ranked. */
  readonly interval: readonly [number, number] | null;
  readonly isApart: boolean;
}

export function compareRows(question: RankedQuestion, base: RankedRow, other: RankedRow): RowRatio {
  const lead = leadMetricOf(question);
  const ranking = lead === null ? null : rankingBy(question, lead);
  const found = ranking === null ? null : ratioBetween(ranking, other.id, base.id);
  if (found === null) return { ratio: other.range.median / base.range.median, interval: null, isApart: false };
  return { ratio: found.ratio, interval: [found.lowRatio, found.highRatio], isApart: areApart(found) };
}

export function findingOf(question: Question): Finding {
  const lead = leadMetricOf(question);
  const ranked = rankedRows(question);
  const [first, ...others] = ranked;
  const place = placeText(question);
  if (lead === null || first === undefined) {
    const reason = question.rows.some(({ trials }) => trials.length > 0) ? 'no trial counts' : 'nothing was measured';
    return { title: `${questionName(question)}: ${reason}`, sentence: [plain(`${place}: ${reason}.`)] };
  }
  const rankable = ranked.filter(({ letters }) => letters !== null);
  if (rankable.length < 2) return fewTrials(question, lead, first, others);
  const [leader, ...rest] = rankable as [RankedRow, ...RankedRow[]];
  const tied = rest.filter((row) => !compareRows(question, leader, row).isApart);
  const apart = rest.filter((row) => compareRows(question, leader, row).isApart);
  return {
    title: `${questionName(question)}: ${titleText(question, lead, leader, tied, apart)}`,
    sentence: [
      plain(`${place}, `),
      ...leadParts(lead, leader, tied),
      ...apartParts(question, apart, leader),
      plain('.'),
      ...missingParts(question),
    ],
  };
}

/** "history at 100 requests/s, cold" */
export function questionName({ workload, ratePerSec, temperature, cluster }: Question): string {
  const rate = ratePerSec === 0 ? '' : ` at ${ratePerSec} requests/s`;
  const cold = temperature === 'cold' ? ', cold' : '';
  return `${workload}${rate}${cold}${cluster === null ? '' : `, ${countOf(cluster.size, 'node')}`}`;
}

function placeText(question: Question): string {
  const { workload, ratePerSec, temperature, cluster } = question;
  const nodes = cluster === null ? '' : ` on ${countOf(cluster.size, 'node')}`;
  if (ratePerSec === 0) return `On ${workload}${nodes} (no requests are sent)`;
  return `At ${ratePerSec} requests/s on ${workload}${temperature === 'cold' ? ', cold' : ''}${nodes}`;
}

function fewTrials(question: Question, lead: LeadMetric, first: RankedRow, others: readonly RankedRow[]): Finding {
  const last = others.at(-1);
  const name = questionName(question);
  const start = [
    plain(`${placeText(question)}, `),
    strong(first.id),
    plain(` ${lead.verb} ${valueText(lead, first)} ${lead.object}`),
  ];
  if (last === undefined)
    return { title: `${name}: ${first.id} alone`, sentence: [...start, plain('.'), ...missingParts(question)] };
  const ends = [plain(', '), strong(last.id), plain(` ${valueText(lead, last)}`)];
  const few = plain(`; too few trials to rank the ${others.length + 1} (${minRankedTrialCount} each are needed).`);
  return { title: `${name}: too few trials to rank`, sentence: [...start, ...ends, few, ...missingParts(question)] };
}

function titleText(
  question: Question,
  lead: LeadMetric,
  leader: RankedRow,
  tied: readonly RankedRow[],
  apart: readonly RankedRow[],
): string {
  const [next] = apart;
  if (tied.length > 0) {
    const names =
      tied.length + 1 > maxNameCount
        ? `${tied.length + 1} implementations`
        : joinList([leader, ...tied].map(({ id }) => id));
    return `${names} cannot be told apart in ${lead.noun}`;
  }
  return `${leader.id} ${lead.superlative}${next === undefined ? '' : `, ${next.id} ${timesText(compareRows(question, leader, next))} that`}`;
}

/** More names than this are a list to skip. */
const maxNameCount = 3;

function leadParts(lead: LeadMetric, leader: RankedRow, tied: readonly RankedRow[]): AnswerPart[] {
  if (tied.length === 0) return [strong(leader.id), plain(` ${lead.verb} ${valueText(lead, leader)} ${lead.object}`)];
  const group = [leader, ...tied];
  const last = group.at(-1) as RankedRow;
  const names =
    group.length > maxNameCount
      ? [strong(`${group.length} implementations`)]
      : group.flatMap(({ id }, index) => [
          ...(index === 0 ? [] : [plain(index === group.length - 1 ? ' and ' : ', ')]),
          strong(id),
        ]);
  const unit = displayUnit(metricById(lead.id).unit);
  const values = `${formatFigure(metricById(lead.id).unit, leader.range.median)} to ${formatFigure(metricById(lead.id).unit, last.range.median)} ${unit}`;
  return [...names, plain(` ${lead.verb} ${values} ${lead.object} and cannot be told apart`)];
}

/** The next one and the last one, as multiples of the first. */
function apartParts(question: Question, apart: readonly RankedRow[], leader: RankedRow): AnswerPart[] {
  const [next] = apart;
  const last = apart.at(-1);
  const shown = [next, ...(last === next ? [] : [last])].filter((row) => row !== undefined);
  return shown.flatMap((row, index) => [
    plain('; '),
    strong(row.id),
    plain(
      ` ${timesText(compareRows(question, leader, row))}${index === 0 ? ' that' : ''}${intervalText(compareRows(question, leader, row))}`,
    ),
  ]);
}

function timesText({ ratio }: RowRatio): string {
  return `${ratio >= 10 ? formatNumber(ratio) : ratio.toFixed(2)} times`;
}

function intervalText({ interval }: RowRatio): string {
  return interval === null ? '' : ` [${interval.map((end) => end.toFixed(2)).join(', ')}]`;
}

function missingParts({ rows }: Question): AnswerPart[] {
  const without = rows.filter(({ okCount }) => okCount === 0);
  if (without.length === 0) return [];
  const names = without.map(({ implementation, notes }) => `${implementation.id} (${notes[0]?.label ?? 'no trial'})`);
  return [plain(` No figure: ${names.join(', ')}.`)];
}

function valueText({ id }: LeadMetric, { range }: RankedRow): string {
  const { unit } = metricById(id);
  return `${formatFigure(unit, range.median)} ${displayUnit(unit)}`;
}

function plain(text: string): AnswerPart {
  return { text, strong: false };
}

function strong(text: string): AnswerPart {
  return { text, strong: true };
}
