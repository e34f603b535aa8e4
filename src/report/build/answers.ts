import {
  areApart,
  minRankedTrialCount,
  type Ranking,
  type RatioInterval,
  ratioBetween,
} from '../../compare/ranking.ts';
import { countOf } from '../../compare/text.ts';
import { type Metric, metricById } from '../../model/metric.ts';
import { displayUnit, formatAdvantage, formatFigure, formatRatio, joinList, orDash } from '../format.ts';
import type { Answer, AnswerPart, Note, Row } from '../model.ts';

interface RankingWords {
  readonly subject: string;
  readonly short: string;
  readonly metricId: string;
  readonly superlative: string;
}

/** Those with a figure; those about requests also where no implementation has one, which is then said. */
function rankingsFor(rows: readonly Row[]): readonly RankingWords[] {
  const known = [...clusterRankings, ...requestRankings].filter(({ metricId }) =>
    rows.some(({ figures }) => (figures[metricId] ?? null) !== null),
  );
  return known.length > 0 ? known : requestRankings;
}

const clusterRankings: readonly RankingWords[] = [
  {
    subject: 'Shortest election, p50',
    short: 'election p50',
    metricId: 'election-p50',
    superlative: 'longest',
  },
  {
    subject: 'Shortest unavailability after a crash, p50',
    short: 'unavailability',
    metricId: 'outage-p50',
    superlative: 'longest',
  },
  {
    subject: 'Lowest CPU for an idle node',
    short: 'idle-node CPU',
    metricId: 'node-cpu',
    superlative: 'highest',
  },
  {
    subject: 'Lowest private memory for a node',
    short: 'node memory',
    metricId: 'node-memory',
    superlative: 'highest',
  },
];

const requestRankings: readonly RankingWords[] = [
  {
    subject: 'Lowest CPU per request',
    short: 'CPU',
    metricId: 'cpu-per-request',
    superlative: 'highest',
  },
  {
    subject: 'Shortest response, p50',
    short: 'p50',
    metricId: 'response-p50',
    superlative: 'longest',
  },
  {
    subject: 'Lowest private memory, loaded',
    short: 'memory',
    metricId: 'memory-median',
    superlative: 'highest',
  },
  {
    subject: 'Shortest start-up',
    short: 'start-up',
    metricId: 'startup',
    superlative: 'longest',
  },
];

interface RankedConditions {
  readonly conditions: string;
  readonly ratePerSec: number;
}

/** All that is ranked, whatever the question. */
export const rankedMetricIds: readonly string[] = [...clusterRankings, ...requestRankings].map(
  ({ metricId }) => metricId,
);

/** One sentence a question, each from the intervals of its ranking. None where nothing was measured. */
export function answersOf(
  { conditions, ratePerSec }: RankedConditions,
  rows: readonly Row[],
  rankings: readonly Ranking[],
): Answer[] {
  const tried = rows.filter((row) => row.trials.length > 0);
  if (tried.length === 0) return [];
  return [
    rateAnswer(conditions, ratePerSec > 0, tried),
    ...(tried.length > 1 ? rankingAnswers(conditions, rows, rankings) : []),
  ];
}

/** Where nothing can be ranked, that is said once. */
function rankingAnswers(conditions: string, rows: readonly Row[], rankings: readonly Ranking[]): Answer[] {
  const answers = rankingsFor(rows).map((words) => rankingAnswer(words, conditions, rows, rankings));
  const ranked = answers.filter(({ verdict }) => verdict !== 'too-few');
  const [few] = answers.filter(({ verdict }) => verdict === 'too-few');
  if (few === undefined) return answers;
  const subject = ranked.length === 0 ? 'Rankings' : 'Other rankings';
  return [...ranked, { ...few, subject, metricId: null }];
}

function rankingAnswer(
  words: RankingWords,
  conditions: string,
  rows: readonly Row[],
  rankings: readonly Ranking[],
): Answer {
  const { subject, short, metricId } = words;
  const ranking = rankings.find((one) => one.metricId === metricId) ?? null;
  return {
    subject,
    short,
    metricId,
    conditions,
    ...(ranking === null ? tooFew : rankingVerdict(words, metricById(metricId), ranking, rows)),
  };
}

const tooFew = {
  verdict: 'too-few' as const,
  parts: [plain(`too few trials to say (two implementations with ${minRankedTrialCount} ok trials each are needed)`)],
  advantage: null,
};

/** The least, those that cannot be told from it, or else the next one, and the greatest: each with its ratio to the least. */
function rankingVerdict({ superlative }: RankingWords, metric: Metric, ranking: Ranking, rows: readonly Row[]) {
  const [least, ...rest] = ranking.ranked.map(({ implementation }) => implementation);
  const ratios = rest.flatMap((id) => {
    const ratio = ratioBetween(ranking, id, least ?? '');
    return ratio === null ? [] : [{ id, ratio }];
  });
  const close = ratios.filter(({ ratio }) => !areApart(ratio));
  const [next] = ratios;
  const last = ratios.at(-1);
  const isLastNamed = last === undefined || close.includes(last) || (close.length === 0 && last === next);
  const figure = `(${figureText(metric, least ?? '', rows)})`;
  const beside =
    close.length > 0
      ? [plain(` ${figure} not told from `), ...listedParts(close)]
      : [plain(` ${figure}${next === undefined ? '' : `; next: ${next.id}, ${formatRatio(next.ratio)}`}`)];
  return {
    verdict: close.length > 0 ? ('indistinct' as const) : ('distinct' as const),
    parts: [
      strong(least ?? ''),
      ...beside,
      ...(isLastNamed ? [] : [plain(`; ${superlative}: ${last.id}, ${formatRatio(last.ratio)}`)]),
      ...unrankedParts(metric, ranking, rows),
    ],
    advantage: close.length > 0 || next === undefined ? null : formatAdvantage(1, next.ratio.ratio, '').trim(),
  };
}

function listedParts(close: readonly { readonly id: string; readonly ratio: RatioInterval }[]): AnswerPart[] {
  return close.flatMap(({ id, ratio }, index) => [
    ...(index > 0 ? [plain(', ')] : []),
    strong(id),
    plain(` (${formatRatio(ratio)})`),
  ]);
}

function figureText(metric: Metric, id: string, rows: readonly Row[]): string {
  const row = rows.find(({ implementation }) => implementation.id === id);
  const value = metric.id === 'election-p50' ? row?.elections?.p50?.estimate : row?.figures[metric.id]?.median;
  return `${orDash(value, (known) => formatFigure(metric.unit, known))} ${displayUnit(metric.unit)}`;
}

function unrankedParts({ id }: Metric, { ranked }: Ranking, rows: readonly Row[]): AnswerPart[] {
  const names = rows.flatMap(({ implementation, figures }) => {
    const count = figures[id]?.values.length ?? 0;
    if (count === 0 || ranked.some((one) => one.implementation === implementation.id)) return [];
    return [`${implementation.id} (${count < minRankedTrialCount ? countOf(count, 'trial') : 'no ratio'})`];
  });
  return names.length === 0 ? [] : [plain(`; not ranked: ${names.join(', ')}`)];
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

function plain(text: string): AnswerPart {
  return { text, strong: false };
}

function strong(text: string): AnswerPart {
  return { text, strong: true };
}
