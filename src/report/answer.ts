import { type Metric, metrics } from '../model/metric.ts';
import { type Range, rangesOverlap } from '../stats/range.ts';
import { countOf, formatAdvantage, formatFigure, joinWords, shownUnit } from './format.ts';
import type { Note, Row } from './model.ts';

/** A question of the run and what its trials answer, in one sentence. */
export interface Answer {
  /** "Least CPU per request" */
  readonly subject: string;
  /** What was ranked; null: nothing (the pace, too few trials). */
  readonly metricId: string | null;
  readonly verdict: 'told-apart' | 'cannot-tell' | 'too-few' | 'pace';
  /** "at 100/s on history" */
  readonly place: string;
  /** The sentence after its subject and place; parts with `strong` name who it is about. */
  readonly parts: readonly AnswerPart[];
}

export interface AnswerPart {
  readonly text: string;
  readonly strong: boolean;
}

/** Fewer repetitions have no range worth the name: their rows are shown, never ranked. */
export const leastTrialCount = 3;

interface Question {
  readonly subject: string;
  readonly metricId: string;
  readonly less: string;
  readonly most: string;
}

/** Asked where there is something to say; those about requests also where nobody has a figure, which is then said. */
function questionsFor(rows: readonly Row[]): readonly Question[] {
  const known = [...clusterQuestions, ...questions].filter(({ metricId }) =>
    rows.some(({ figures }) => (figures[metricId] ?? null) !== null),
  );
  return known.length > 0 ? known : questions;
}

const clusterQuestions: readonly Question[] = [
  { subject: 'Shortest election, p50', metricId: 'election-p50', less: 'shorter', most: 'longest' },
  { subject: 'Shortest gap for clients after a crash, p50', metricId: 'outage-p50', less: 'shorter', most: 'longest' },
  { subject: 'Least CPU for a quiet node', metricId: 'node-cpu', less: 'less', most: 'most' },
  { subject: 'Least private memory for a node', metricId: 'node-memory', less: 'less', most: 'most' },
];

const questions: readonly Question[] = [
  { subject: 'Least CPU per request', metricId: 'cpu-per-request', less: 'less', most: 'most' },
  { subject: 'Shortest response, p50', metricId: 'response-p50', less: 'shorter', most: 'longest' },
  { subject: 'Least private memory, loaded', metricId: 'memory-median', less: 'less', most: 'most' },
  { subject: 'Shortest start-up', metricId: 'startup', less: 'shorter', most: 'longest' },
];

interface Asked {
  readonly place: string;
  readonly ratePerSec: number;
}

/** One sentence a question; ranking only where the ranges of ok trials do not overlap. None where nobody was measured. */
export function answersOf({ place, ratePerSec }: Asked, rows: readonly Row[]): Answer[] {
  const tried = rows.filter((row) => row.trials.length > 0);
  if (tried.length === 0) return [];
  return [paceAnswer(place, ratePerSec > 0, tried), ...(tried.length > 1 ? rankings(place, rows) : [])];
}

/** Where nothing can be ranked, that is said once. */
function rankings(place: string, rows: readonly Row[]): Answer[] {
  const answers = questionsFor(rows).map((question) => answer(question, place, rows));
  const told = answers.filter(({ verdict }) => verdict !== 'too-few');
  const [few] = answers.filter(({ verdict }) => verdict === 'too-few');
  if (few === undefined) return answers;
  return [...told, { ...few, subject: told.length === 0 ? 'Rankings' : 'Other rankings', metricId: null }];
}

interface Ranked {
  readonly id: string;
  readonly range: Range;
}

function answer(question: Question, place: string, rows: readonly Row[]): Answer {
  const metric = metricOf(question.metricId);
  const known = rows.flatMap((row) => {
    const range = (metric.id === 'election-p50' ? electionRange(row) : null) ?? row.figures[metric.id] ?? null;
    return range === null ? [] : [{ id: row.who.implementation, range }];
  });
  const ranked = known.filter(({ range }) => range.values.length >= leastTrialCount);
  const few = known.filter(({ range }) => range.values.length < leastTrialCount);
  return { subject: question.subject, metricId: metric.id, place, ...verdict(question, metric, ranked, few) };
}

/** So many elections bound their median on both sides. */
const leastElectionCount = 10;

/** Each election is an experiment of its own: the 95 % interval of their median stands for the range of the trials. */
function electionRange({ elections }: Row): Range | null {
  const { p50, timesMs } = elections ?? { p50: null, timesMs: [] };
  if (p50 === null || p50.lower === null || p50.upper === null || timesMs.length < leastElectionCount) return null;
  return { median: p50.estimate, min: p50.lower, max: p50.upper, values: timesMs };
}

function verdict(question: Question, metric: Metric, ranked: readonly Ranked[], few: readonly Ranked[]) {
  const [leader, next, ...others] = [...ranked].sort((a, b) => a.range.median - b.range.median);
  if (leader === undefined || next === undefined) {
    const text = `too few trials to say (two implementations with ${leastTrialCount} ok trials each are needed)`;
    return { verdict: 'too-few' as const, parts: [plain(text)] };
  }
  const rest = [next, ...others];
  const close = rest.filter(({ range }) => rangesOverlap(range, leader.range));
  const far = rest.filter(({ range }) => !rangesOverlap(range, leader.range));
  const parts =
    close.length > 0
      ? [plain('cannot tell apart: '), ...listed(metric, [leader, ...close]), ...farPart(question, metric, far)]
      : [strong(leader.id), ...leadParts(question, metric, leader, rest)];
  return {
    verdict: close.length > 0 ? ('cannot-tell' as const) : ('told-apart' as const),
    parts: [...parts, ...unrankedPart(few)],
  };
}

function leadParts(question: Question, metric: Metric, leader: Ranked, rest: readonly Ranked[]): AnswerPart[] {
  const next = rest[0] ?? leader;
  const advantage = formatAdvantage(leader.range.median, next.range.median, question.less);
  const lead = ` (${valueText(metric, leader)}, ${advantage} than ${next.id})`;
  const last = rest.at(-1);
  const tail = last === undefined || last === next ? '' : `; ${question.most}: ${last.id} (${valueText(metric, last)})`;
  return [plain(`${lead}${tail}`)];
}

function listed(metric: Metric, group: readonly Ranked[]): AnswerPart[] {
  return group.flatMap((member, index) => [
    ...(index > 0 ? [plain(', ')] : []),
    strong(member.id),
    plain(` (${valueText(metric, member)})`),
  ]);
}

function farPart(question: Question, metric: Metric, far: readonly Ranked[]): AnswerPart[] {
  const last = far.at(-1);
  if (last === undefined) return [];
  return [plain(`; ${question.most}: ${last.id} (${valueText(metric, last)})`)];
}

function unrankedPart(few: readonly Ranked[]): AnswerPart[] {
  if (few.length === 0) return [];
  const names = few.map(({ id, range }) => `${id} (${countOf(range.values.length, 'trial')})`);
  return [plain(`; not ranked: ${names.join(', ')}`)];
}

/**
 * Who held the rate. A row that did not is named with its reason; one whose trials all failed by the fault of the machine
 * or the generator is unknown, not guilty.
 */
function paceAnswer(place: string, hasPace: boolean, tried: readonly Row[]): Answer {
  const broken = tried.filter((row) => reasonOf(row) !== null);
  const unknown = tried.filter((row) => row.okCount === 0 && !broken.includes(row));
  const kept = tried.filter((row) => !broken.includes(row) && !unknown.includes(row));
  const names = (rows: readonly Row[]) => rows.map((row) => row.who.implementation);
  const all = kept.length === tried.length && kept.length > 1;
  const clauses = [
    kept.length > 0 ? [strong(all ? `all ${kept.length}` : joinWords(names(kept)))] : [],
    broken.length > 0
      ? [plain(`not ${broken.map((row) => `${row.who.implementation} (${reasonOf(row)})`).join(', ')}`)]
      : [],
    unknown.length > 0 ? [plain(`unknown for ${joinWords(names(unknown))} (no trial counts)`)] : [],
  ].filter((clause) => clause.length > 0);
  const parts = clauses.flatMap((clause, index) => (index > 0 ? [plain('; '), ...clause] : clause));
  return { subject: hasPace ? 'Keeps the pace' : 'Came through', metricId: null, verdict: 'pace', place, parts };
}

function reasonOf(row: Row): string | null {
  const worst = row.notes.filter(({ kind }: Note) => kind === 'failed' || kind === 'overloaded');
  return worst.length > 0 ? worst.map((note) => reasonText(note, row.plannedCount)).join(', ') : null;
}

function reasonText({ label, trialCount }: Note, plannedCount: number): string {
  return trialCount > 0 ? `${label}, ${trialCount} of ${countOf(plannedCount, 'trial')}` : label;
}

function valueText(metric: Metric, { range }: Ranked): string {
  return `${formatFigure(metric.unit, range.median)} ${shownUnit(metric.unit)}`;
}

export function metricOf(id: string): Metric {
  const metric = metrics.find((candidate) => candidate.id === id);
  if (metric === undefined) throw new Error(`no metric ${id}`);
  return metric;
}

function plain(text: string): AnswerPart {
  return { text, strong: false };
}

function strong(text: string): AnswerPart {
  return { text, strong: true };
}
