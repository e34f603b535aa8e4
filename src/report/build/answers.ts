import { countOf } from '../../compare/text.ts';
import { type Metric, metricById } from '../../model/metric.ts';
import { type Range, rangesOverlap } from '../../stats/descriptive.ts';
import { displayUnit, formatAdvantage, formatFigure, joinList } from '../format.ts';
import type { Answer, AnswerPart, Note, Row } from '../model.ts';

/** Fewer repetitions have no range worth the name: their rows are shown, never ranked. */
const minTrialCount = 3;

interface Ranking {
  readonly subject: string;
  readonly short: string;
  readonly metricId: string;
  readonly comparative: string;
  readonly superlative: string;
}

/** Those with a figure; those about requests also where no implementation has one, which is then said. */
function rankingsFor(rows: readonly Row[]): readonly Ranking[] {
  const known = [...clusterRankings, ...requestRankings].filter(({ metricId }) =>
    rows.some(({ figures }) => (figures[metricId] ?? null) !== null),
  );
  return known.length > 0 ? known : requestRankings;
}

const clusterRankings: readonly Ranking[] = [
  {
    subject: 'Shortest election, p50',
    short: 'election p50',
    metricId: 'election-p50',
    comparative: 'shorter',
    superlative: 'longest',
  },
  {
    subject: 'Shortest unavailability after a crash, p50',
    short: 'unavailability',
    metricId: 'outage-p50',
    comparative: 'shorter',
    superlative: 'longest',
  },
  {
    subject: 'Lowest CPU for an idle node',
    short: 'idle-node CPU',
    metricId: 'node-cpu',
    comparative: 'less',
    superlative: 'highest',
  },
  {
    subject: 'Lowest private memory for a node',
    short: 'node memory',
    metricId: 'node-memory',
    comparative: 'less',
    superlative: 'highest',
  },
];

const requestRankings: readonly Ranking[] = [
  {
    subject: 'Lowest CPU per request',
    short: 'CPU',
    metricId: 'cpu-per-request',
    comparative: 'less',
    superlative: 'highest',
  },
  {
    subject: 'Shortest response, p50',
    short: 'p50',
    metricId: 'response-p50',
    comparative: 'shorter',
    superlative: 'longest',
  },
  {
    subject: 'Lowest private memory, loaded',
    short: 'memory',
    metricId: 'memory-median',
    comparative: 'less',
    superlative: 'highest',
  },
  {
    subject: 'Shortest start-up',
    short: 'start-up',
    metricId: 'startup',
    comparative: 'shorter',
    superlative: 'longest',
  },
];

interface RankedConditions {
  readonly conditions: string;
  readonly ratePerSec: number;
}

/** One sentence a question; ranking only where the ranges of ok trials do not overlap. None where nothing was measured. */
export function answersOf({ conditions, ratePerSec }: RankedConditions, rows: readonly Row[]): Answer[] {
  const tried = rows.filter((row) => row.trials.length > 0);
  if (tried.length === 0) return [];
  return [rateAnswer(conditions, ratePerSec > 0, tried), ...(tried.length > 1 ? rankingAnswers(conditions, rows) : [])];
}

/** Where nothing can be ranked, that is said once. */
function rankingAnswers(conditions: string, rows: readonly Row[]): Answer[] {
  const answers = rankingsFor(rows).map((ranking) => rankingAnswer(ranking, conditions, rows));
  const ranked = answers.filter(({ verdict }) => verdict !== 'too-few');
  const [few] = answers.filter(({ verdict }) => verdict === 'too-few');
  if (few === undefined) return answers;
  const subject = ranked.length === 0 ? 'Rankings' : 'Other rankings';
  return [...ranked, { ...few, subject, metricId: null }];
}

interface RankedRange {
  readonly id: string;
  readonly range: Range;
}

function rankingAnswer(ranking: Ranking, conditions: string, rows: readonly Row[]): Answer {
  const metric = metricById(ranking.metricId);
  const known = rows.flatMap((row) => {
    const range = (metric.id === 'election-p50' ? electionRange(row) : null) ?? row.figures[metric.id] ?? null;
    return range === null ? [] : [{ id: row.implementation.id, range }];
  });
  const ranked = known.filter(({ range }) => range.values.length >= minTrialCount);
  const few = known.filter(({ range }) => range.values.length < minTrialCount);
  return {
    subject: ranking.subject,
    short: ranking.short,
    metricId: metric.id,
    conditions,
    ...rankingVerdict(ranking, metric, ranked, few),
  };
}

/** So many elections bound their median on both sides. */
const minElectionCount = 10;

/** Each election is an experiment of its own: the 95 % interval of their median stands for the range of the trials. */
function electionRange({ elections }: Row): Range | null {
  const { p50, timesMs } = elections ?? { p50: null, timesMs: [] };
  if (p50 === null || p50.lower === null || p50.upper === null || timesMs.length < minElectionCount) return null;
  return { median: p50.estimate, min: p50.lower, max: p50.upper, values: timesMs };
}

function rankingVerdict(ranking: Ranking, metric: Metric, ranked: readonly RankedRange[], few: readonly RankedRange[]) {
  const [leader, next, ...others] = [...ranked].sort((a, b) => a.range.median - b.range.median);
  if (leader === undefined || next === undefined) {
    const text = `too few trials to say (two implementations with ${minTrialCount} ok trials each are needed)`;
    return { verdict: 'too-few' as const, parts: [plain(text)], advantage: null };
  }
  const rest = [next, ...others];
  const close = rest.filter(({ range }) => rangesOverlap(range, leader.range));
  const unranked = unrankedParts(few);
  if (close.length === 0) {
    return {
      verdict: 'distinct' as const,
      parts: [strong(leader.id), ...leaderParts(ranking, metric, leader, rest), ...unranked],
      advantage: formatAdvantage(leader.range.median, next.range.median, '').trim(),
    };
  }
  const far = rest.filter(({ range }) => !rangesOverlap(range, leader.range));
  return {
    verdict: 'indistinct' as const,
    parts: [
      plain('cannot tell apart: '),
      ...listedRows(metric, [leader, ...close]),
      ...slowestPart(ranking, metric, far),
      ...unranked,
    ],
    advantage: null,
  };
}

function leaderParts(
  ranking: Ranking,
  metric: Metric,
  leader: RankedRange,
  rest: readonly RankedRange[],
): AnswerPart[] {
  const next = rest[0] ?? leader;
  const advantage = formatAdvantage(leader.range.median, next.range.median, ranking.comparative);
  const lead = ` (${valueText(metric, leader)}, ${advantage} than ${next.id})`;
  const last = rest.at(-1);
  const tail =
    last === undefined || last === next ? '' : `; ${ranking.superlative}: ${last.id} (${valueText(metric, last)})`;
  return [plain(`${lead}${tail}`)];
}

function listedRows(metric: Metric, group: readonly RankedRange[]): AnswerPart[] {
  return group.flatMap((member, index) => [
    ...(index > 0 ? [plain(', ')] : []),
    strong(member.id),
    plain(` (${valueText(metric, member)})`),
  ]);
}

function slowestPart(ranking: Ranking, metric: Metric, far: readonly RankedRange[]): AnswerPart[] {
  const last = far.at(-1);
  if (last === undefined) return [];
  return [plain(`; ${ranking.superlative}: ${last.id} (${valueText(metric, last)})`)];
}

function unrankedParts(few: readonly RankedRange[]): AnswerPart[] {
  if (few.length === 0) return [];
  const names = few.map(({ id, range }) => `${id} (${countOf(range.values.length, 'trial')})`);
  return [plain(`; not ranked: ${names.join(', ')}`)];
}

/**
 * Which implementations sustained the rate. One that did not is named with its reason; one whose trials are all invalid,
 * by the fault of the machine or the generator, is unknown.
 */
function rateAnswer(conditions: string, hasRate: boolean, tried: readonly Row[]): Answer {
  const failed = tried.filter((row) => failureReason(row) !== null);
  const unknown = tried.filter((row) => row.okCount === 0 && !failed.includes(row));
  const sustained = tried.filter((row) => !failed.includes(row) && !unknown.includes(row));
  const names = (rows: readonly Row[]) => rows.map((row) => row.implementation.id);
  const all = sustained.length === tried.length && sustained.length > 1;
  const clauses = [
    sustained.length > 0 ? [strong(all ? `all ${sustained.length}` : joinList(names(sustained)))] : [],
    failed.length > 0
      ? [plain(`not ${failed.map((row) => `${row.implementation.id} (${failureReason(row)})`).join(', ')}`)]
      : [],
    unknown.length > 0 ? [plain(`unknown for ${joinList(names(unknown))} (no trial counts)`)] : [],
  ].filter((clause) => clause.length > 0);
  const parts = clauses.flatMap((clause, index) => (index > 0 ? [plain('; '), ...clause] : clause));
  return {
    subject: hasRate ? 'Sustained the rate' : 'Completed',
    short: hasRate ? 'sustained it' : 'completed',
    metricId: null,
    verdict: 'rate',
    conditions,
    parts,
    advantage: null,
  };
}

function failureReason(row: Row): string | null {
  const worst = row.notes.filter(({ kind }: Note) => kind === 'failed' || kind === 'overloaded');
  return worst.length > 0 ? worst.map((note) => noteReason(note, row.plannedCount)).join(', ') : null;
}

function noteReason({ label, trialCount }: Note, plannedCount: number): string {
  return trialCount > 0 ? `${label}, ${trialCount} of ${countOf(plannedCount, 'trial')}` : label;
}

function valueText(metric: Metric, { range }: RankedRange): string {
  return `${formatFigure(metric.unit, range.median)} ${displayUnit(metric.unit)}`;
}

function plain(text: string): AnswerPart {
  return { text, strong: false };
}

function strong(text: string): AnswerPart {
  return { text, strong: true };
}
