import { type ClusterKey, clusterId, clusterKey, describeCluster, plannedClusterKeys } from '../../model/cell-key.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { ScenarioEntry } from '../../model/scenario.ts';
import type { Trial } from '../../model/trial.ts';
import type { Row } from '../model.ts';

/** What one row of questions is about: every implementation is asked the same. */
export interface QuestionKey {
  readonly service: string;
  readonly workload: string;
  readonly temperature: 'warm' | 'cold';
  /** 0: no request is sent. */
  readonly ratePerSec: number;
  readonly cluster: ClusterKey | null;
}

export function questionKeyOf(trial: Trial): QuestionKey {
  const { service, workload, temperature, loadPlan, cluster } = trial.spec;
  const ofCluster = cluster === null ? null : clusterKey(cluster);
  return { service, workload, temperature, ratePerSec: loadPlan.ratePerSec, cluster: ofCluster };
}

export function questionId(key: QuestionKey): string {
  const question = `${key.service}-${key.workload}-${key.temperature}-${key.ratePerSec}`;
  return `${question}${clusterId(key.cluster)}`.replaceAll('.', '_');
}

export function conditionsOf({ ratePerSec, workload, temperature, cluster }: QuestionKey): string {
  const nodes = cluster === null ? '' : `, ${describeCluster(cluster)}`;
  if (ratePerSec === 0) return `on ${workload}${nodes}`;
  return `at ${ratePerSec}/s on ${workload}${temperature === 'cold' ? ', cold' : ''}${nodes}`;
}

/** What a question of a group of several is called: what differs between them. */
export function questionHeading({ ratePerSec, cluster }: QuestionKey): string {
  const rate = ratePerSec === 0 ? [] : [`${ratePerSec} requests a second`];
  return [...rate, ...(cluster === null ? [] : [describeCluster(cluster)])].join(', ');
}

/** What a run knows of one question. */
export interface AskedQuestion {
  readonly key: QuestionKey;
  /** Of the scenario; null: only trials know of it. */
  readonly entry: ScenarioEntry | null;
  readonly trials: readonly Trial[];
}

export function askedQuestion(run: RunResult, key: QuestionKey): AskedQuestion {
  const id = questionId(key);
  return {
    key,
    entry: run.scenario.entries.find((entry) => matchesEntry(entry, key)) ?? null,
    trials: run.trials.filter((trial) => questionId(questionKeyOf(trial)) === id),
  };
}

/** Whether this entry of the scenario asks for `key`; an entry without rates asks for its workload's own. */
function matchesEntry(entry: ScenarioEntry, key: QuestionKey): boolean {
  const isSameWorkload =
    entry.service === key.service && entry.workload === key.workload && entry.temperature === key.temperature;
  const hasCluster = plannedClusterKeys(entry.cluster).some((cluster) => clusterId(cluster) === clusterId(key.cluster));
  return isSameWorkload && hasCluster && (entry.ratesPerSec.length === 0 || entry.ratesPerSec.includes(key.ratePerSec));
}

/** A search for the largest cluster makes as many as it needs. */
export function plannedCount({ entry }: AskedQuestion): number {
  return entry === null || entry.cluster?.searchesSize ? 0 : entry.trialCount;
}

/** Lowest CPU per request first. */
export function byCpuCost(a: Row, b: Row): number {
  return cpuCost(a) - cpuCost(b);
}

function cpuCost(row: Row): number {
  return row.figures['cpu-per-request']?.median ?? Number.MAX_VALUE;
}
