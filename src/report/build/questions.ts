import { machineLabel } from '../../compare/text.ts';
import { plannedClusterKeys } from '../../model/cell-key.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { Trial } from '../../model/trial.ts';
import { coefficientOfVariation, median } from '../../stats/descriptive.ts';
import { studentQuantile } from '../../stats/distributions.ts';
import { questionCharts } from '../charts/question-charts.ts';
import type { Question, ReportedImplementation, Resolution, Row, Source } from '../model.ts';
import { answersOf } from './answers.ts';
import type { QuestionKey } from './question-key.ts';
import { byCpuCost, conditionsOf, matchesEntry, questionId, questionKeyOf } from './question-key.ts';
import { buildRow } from './row.ts';

/** Every cell of the run in the scenario's order, then those that only trials know. */
export function buildQuestions(
  live: RunResult,
  references: readonly RunResult[],
  who: ReadonlyMap<string, ReportedImplementation>,
): Question[] {
  return questionKeys(live).flatMap((key) => {
    const rows = questionRows(live, key, who);
    // Nobody was asked: a run of primitives alone, chosen by --impl.
    if (rows.length === 0) return [];
    const missingImplementations = rows.filter((row) => row.okCount === 0).map((row) => row.implementation.id);
    const recorded =
      missingImplementations.length > 0 ? findReferences(live, references, key, who) : { rows: [], excluded: [] };
    const entry = live.scenario.entries.find((candidate) => matchesEntry(candidate, key))?.cluster ?? null;
    const sizeSearch = entry?.searchesSize ? entry.sizes : null;
    const published = entry?.published ?? null;
    const facts = {
      ...key,
      id: questionId(key),
      conditions: conditionsOf(key),
      published,
      sizeSearch,
      rows,
      missingImplementations,
      references: recorded.rows,
    };
    const question = {
      ...facts,
      excludedReferences: recorded.excluded,
      answers: answersOf(facts, rows),
      resolution: estimateResolution(rows),
      charts: questionCharts(facts),
    };
    return [question];
  });
}

function questionKeys(live: RunResult): QuestionKey[] {
  const declared = live.scenario.entries.flatMap(({ service, workload, temperature, ratesPerSec, ...cell }) =>
    ratesPerSec.flatMap((ratePerSec) =>
      plannedClusterKeys(cell.cluster).map((cluster) => ({ service, workload, temperature, ratePerSec, cluster })),
    ),
  );
  const seen = live.trials.map(questionKeyOf);
  const byId = new Map([...declared, ...seen].map((key) => [questionId(key), key]));
  return [...byId.values()].sort(
    (a, b) =>
      entryIndex(live, a) - entryIndex(live, b) ||
      (a.cluster?.size ?? 0) - (b.cluster?.size ?? 0) ||
      a.ratePerSec - b.ratePerSec,
  );
}

function entryIndex(live: RunResult, key: QuestionKey): number {
  const index = live.scenario.entries.findIndex((cell) => matchesEntry(cell, key));
  return index < 0 ? live.scenario.entries.length : index;
}

function questionRows(live: RunResult, key: QuestionKey, who: ReadonlyMap<string, ReportedImplementation>): Row[] {
  const asked = live.implementations.filter((preparation) => preparation.manifest.service === key.service);
  const rows = asked.map((preparation) => buildRow(live, preparation, key, who, null));
  return rows.sort(byCpuCost);
}

interface References {
  readonly rows: readonly Row[];
  readonly excluded: readonly string[];
}

interface ContractVersions {
  readonly contract: number | null;
  readonly workload: number | null;
}

/** Recorded rows of the same question, under the same contract and workload version; what differs is left out and named. */
export function findReferences(
  live: RunResult,
  references: readonly RunResult[],
  key: QuestionKey,
  who: ReadonlyMap<string, ReportedImplementation>,
): References {
  const asked = references.filter((run) =>
    run.trials.some((trial) => questionId(questionKeyOf(trial)) === questionId(key)),
  );
  const versions = versionsOf(live.trials, key);
  const checked = asked.map((run) => ({ run, reason: versionMismatch(versionsOf(run.trials, key), versions) }));
  return {
    rows: checked.filter(({ reason }) => reason === null).flatMap(({ run }) => referenceRows(run, key, who)),
    excluded: checked.flatMap(({ run, reason }) => (reason === null ? [] : [`${sourceOf(run).label}: ${reason}`])),
  };
}

/** The contract version of the service and the version of the workload; null where no trial tells. */
function versionsOf(trials: readonly Trial[], key: QuestionKey): ContractVersions {
  const ofService = trials.filter((trial) => trial.spec.service === key.service);
  const ofWorkload = ofService.find((trial) => trial.spec.workload === key.workload);
  return {
    contract: ofService[0]?.spec.contractVersion ?? null,
    workload: ofWorkload?.spec.workloadVersion ?? null,
  };
}

function versionMismatch(recorded: ContractVersions, here: ContractVersions): string | null {
  if (here.contract === null || here.workload === null) return 'this run has no trial that tells its versions';
  if (recorded.contract !== here.contract) return `contract version ${recorded.contract}, here ${here.contract}`;
  if (recorded.workload !== here.workload) return `workload version ${recorded.workload}, here ${here.workload}`;
  return null;
}

function referenceRows(run: RunResult, key: QuestionKey, who: ReadonlyMap<string, ReportedImplementation>): Row[] {
  return run.implementations
    .filter((preparation) => preparation.manifest.service === key.service)
    .map((preparation) => buildRow(run, preparation, key, who, sourceOf(run)))
    .filter((row) => row.okCount > 0)
    .sort(byCpuCost);
}

function sourceOf(run: RunResult): Source {
  const commit = run.commit === null ? '' : `, commit ${run.commit.sha.slice(0, 7)}`;
  const label = `${machineLabel(run.machine)}, recorded ${run.startedAt.slice(0, 10)}${commit}`;
  return { machineId: run.machine.id, label };
}

/** The repeat noise of CPU per request and what it hides; null where no implementation was measured twice. */
export function estimateResolution(rows: readonly Row[]): Resolution | null {
  const samples = rows
    .map((row) => row.figures['cpu-per-request']?.values ?? [])
    .filter((values) => values.length >= 2);
  const degrees = samples.reduce((sum, values) => sum + values.length - 1, 0);
  const counts = samples.map((values) => values.length);
  const trialCount = median(counts);
  if (trialCount === null) return null;
  const squares = samples.reduce(
    (sum, values) => sum + (values.length - 1) * (coefficientOfVariation(values) ?? 0) ** 2,
    0,
  );
  const cvRatio = Math.sqrt(squares / degrees);
  return {
    cvRatio,
    minDetectableDifferenceRatio: studentQuantile(0.975, degrees) * cvRatio * Math.sqrt(2 / trialCount),
    implementationCount: samples.length,
    trialCounts: [Math.min(...counts), Math.max(...counts)],
  };
}
