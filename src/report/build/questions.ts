import { type Ranking, rankMedians, rankTrials } from '../../compare/ranking.ts';
import { machineLabel } from '../../compare/text.ts';
import { plannedQuestions, type QuestionKey, questionId, questionOf } from '../../model/cell-key.ts';
import { metricById } from '../../model/metric.ts';
import type { RankingPlan, RunResult } from '../../model/run-result.ts';
import type { Trial } from '../../model/trial.ts';
import type { Question, ReportedImplementation, Resolution, Row, Source } from '../model.ts';
import { answersOf, rankedMetricIds } from './answers.ts';
import { type AskedQuestion, askedQuestion, byCpuCost, conditionsOf } from './question-key.ts';
import { buildRow } from './row.ts';

type Implementations = ReadonlyMap<string, ReportedImplementation>;

/** Every question of the run in the scenario's order, then those that only trials know. */
export function buildQuestions(
  live: RunResult,
  references: readonly RunResult[],
  implementations: Implementations,
): Question[] {
  return askedQuestions(live).flatMap((asked) => {
    const rows = questionRows(live, asked, implementations, null);
    // Asked of no implementation: a run of primitives alone, chosen by --impl.
    return rows.length === 0 ? [] : [buildQuestion(live, references, asked, rows, implementations)];
  });
}

function buildQuestion(
  live: RunResult,
  references: readonly RunResult[],
  asked: AskedQuestion,
  unrankedRows: readonly Row[],
  implementations: Implementations,
): Question {
  const { key, entry } = asked;
  const rankings = entry?.cluster?.searchesSize ? [] : rankingsOf(asked.trials, unrankedRows, live.ranking);
  const rows = withRanks(unrankedRows, rankings);
  const missingImplementations = rows.filter((row) => row.okCount === 0).map((row) => row.implementation.id);
  const shown = missingImplementations.length === 0 ? [] : references;
  const recorded = findReferences(live, shown, key, implementations);
  const conditions = conditionsOf(key);
  return {
    ...key,
    id: questionId(key),
    conditions,
    published: entry?.cluster?.published ?? null,
    sizeSearch: entry?.cluster?.searchesSize ? entry.cluster.sizes : null,
    rows,
    missingImplementations,
    references: recorded.rows,
    excludedReferences: recorded.excluded,
    rankings,
    answers: answersOf({ conditions, ratePerSec: key.ratePerSec }, rows, rankings),
    resolution: resolutionOf(rankings, rows),
  };
}

function askedQuestions(live: RunResult): AskedQuestion[] {
  const { entries } = live.scenario;
  const measured = live.trials.map(({ spec }) => questionOf(spec));
  const byId = new Map([...plannedQuestions(live.scenario), ...measured].map((key) => [questionId(key), key]));
  const places = new Map(entries.map((entry, index) => [entry, index]));
  const place = ({ entry }: AskedQuestion) => (entry === null ? entries.length : (places.get(entry) ?? 0));
  const size = ({ key }: AskedQuestion) => key.cluster?.size ?? 0;
  return [...byId.values()]
    .map((key) => askedQuestion(live, key))
    .sort((a, b) => place(a) - place(b) || size(a) - size(b) || a.key.ratePerSec - b.key.ratePerSec);
}

function questionRows(run: RunResult, asked: AskedQuestion, implementations: Implementations, source: Source | null) {
  return run.implementations
    .filter(({ manifest }) => manifest.service === asked.key.service)
    .map((preparation) => buildRow(asked, preparation, implementations, source))
    .sort(byCpuCost);
}

interface References {
  readonly rows: readonly Row[];
  readonly excluded: readonly string[];
}

interface ContractVersions {
  readonly contract: number | null;
  readonly workload: number | null;
}

/**
 * Recorded rows of the same question. Of today's contract and workload version where there are any, else of older ones, whose label
 * says so; what is newer than this run is left out and named.
 */
function findReferences(
  live: RunResult,
  references: readonly RunResult[],
  key: QuestionKey,
  implementations: Implementations,
): References {
  if (references.length === 0) return { rows: [], excluded: [] };
  const here = versionsOf(live.trials, key);
  const checked = references
    .map((run) => ({ run, asked: askedQuestion(run, key) }))
    .filter(({ asked }) => asked.trials.length > 0)
    .map((recorded) => ({ ...recorded, age: ageOf(versionsOf(recorded.run.trials, key), here) }));
  const rowsOfAge = (kind: Age['kind']) =>
    checked
      .filter(({ age }) => age.kind === kind)
      .flatMap(({ run, asked, age }) => questionRows(run, asked, implementations, sourceOf(run, age)))
      .filter(({ okCount }) => okCount > 0);
  const current = rowsOfAge('current');
  return {
    rows: current.length > 0 ? current : rowsOfAge('older'),
    excluded: checked.flatMap(({ run, age }) =>
      age.kind === 'incomparable' ? [`${sourceOf(run, age).label}: ${age.reason}`] : [],
    ),
  };
}

/** The contract version of the service and the version of the workload; null where no trial says. */
function versionsOf(trials: readonly Trial[], key: QuestionKey): ContractVersions {
  const ofService = trials.find(({ spec }) => spec.service === key.service);
  const ofWorkload = trials.find(({ spec }) => spec.service === key.service && spec.workload === key.workload);
  return {
    contract: ofService?.spec.contractVersion ?? null,
    workload: ofWorkload?.spec.workloadVersion ?? null,
  };
}

type Age =
  | { readonly kind: 'current' }
  | { readonly kind: 'older'; readonly reason: string }
  | { readonly kind: 'incomparable'; readonly reason: string };

function ageOf(recorded: ContractVersions, here: ContractVersions): Age {
  if (here.contract === null || here.workload === null) {
    return { kind: 'incomparable', reason: 'this run has no trial that says its versions' };
  }
  const parts = [
    { what: 'contract', recordedVersion: recorded.contract ?? 0, hereVersion: here.contract },
    { what: 'workload', recordedVersion: recorded.workload ?? 0, hereVersion: here.workload },
  ];
  const different = parts.find(({ recordedVersion, hereVersion }) => recordedVersion !== hereVersion);
  if (different === undefined) return { kind: 'current' };
  const { what, recordedVersion, hereVersion } = different;
  return recordedVersion > hereVersion
    ? { kind: 'incomparable', reason: `${what} version ${recordedVersion}, here ${hereVersion}` }
    : { kind: 'older', reason: `old: ${what} version ${recordedVersion}, today ${hereVersion}` };
}

function sourceOf(run: RunResult, age: Age): Source {
  const commit = run.commit === null ? '' : `, commit ${run.commit.sha.slice(0, 7)}`;
  const old = age.kind === 'older' ? ` (${age.reason})` : '';
  const label = `${machineLabel(run.machine)}, recorded ${run.startedAt.slice(0, 10)}${commit}${old}`;
  return { machineId: run.machine.id, label };
}

/** By the trials of the rows that have figures; elections, of which a trial has many, by the medians of all of them. */
function rankingsOf(trials: readonly Trial[], rows: readonly Row[], { against }: RankingPlan): Ranking[] {
  const ids = new Set(rows.flatMap(({ okCount, implementation }) => (okCount > 0 ? [implementation.id] : [])));
  const own = trials.filter(({ spec }) => ids.has(spec.implementation));
  const elections = new Map(rows.map((row) => [row.implementation.id, row.elections?.timesMs ?? []] as const));
  const byElections = rankMedians(elections, 'election-p50');
  const others = rankedMetricIds.filter((id) => byElections === null || id !== byElections.metricId);
  return [byElections, ...others.map((id) => rankTrials(own, metricById(id), { against }))].filter(
    (ranking) => ranking !== null,
  );
}

/** The least first; rows that are not ranked stand where their median would. */
function withRanks(rows: readonly Row[], rankings: readonly Ranking[]): Row[] {
  const ranking = rankings.find(({ metricId }) => metricId === 'cpu-per-request');
  if (ranking === undefined) return [...rows];
  const { reference, ranked } = ranking;
  const isReferenceLeast = ranked[0]?.implementation === reference;
  const ranks = new Map(ranked.map((one) => [one.implementation, { ...one, reference, isReferenceLeast }]));
  return rows.map((row) => ({ ...row, rank: ranks.get(row.implementation.id) ?? null })).sort(byCpuCost);
}

/** What the ranking by CPU per request can tell; null where there is none. */
function resolutionOf(rankings: readonly Ranking[], rows: readonly Row[]): Resolution | null {
  const ranking = rankings.find(({ metricId }) => metricId === 'cpu-per-request');
  if (ranking === undefined || ranking.errorDeviation === null) return null;
  const counts = rows.flatMap(({ rank, okCount }) => (rank === null ? [] : [okCount]));
  return {
    spreadRatio: Math.expm1(ranking.errorDeviation),
    halfWidthRatio: ranking.halfWidthRatio,
    areSpreadsAlike: ranking.areSpreadsAlike,
    implementationCount: ranking.ranked.length,
    trialCounts: [Math.min(...counts), Math.max(...counts)],
  };
}
