import type { ClusterKey } from '../../model/cell-key.ts';
import { clusterId, clusterKey, describeCluster, plannedClusterKeys } from '../../model/cell-key.ts';
import type { PublishedElections } from '../../model/cluster.ts';
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
  const { service, workload, temperature, loadPlan } = trial.spec;
  const { cluster } = trial.spec;
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

/** Whether this cell of the scenario asks for `key`; a cell without rates asks for its workload's own. */
export function matchesEntry(cell: ScenarioEntry, key: QuestionKey): boolean {
  const sameQuestion =
    cell.service === key.service && cell.workload === key.workload && cell.temperature === key.temperature;
  const sameCluster = plannedClusterKeys(cell.cluster).some((cluster) => clusterId(cluster) === clusterId(key.cluster));
  return sameQuestion && sameCluster && (cell.ratesPerSec.length === 0 || cell.ratesPerSec.includes(key.ratePerSec));
}

export function trialsOf(run: RunResult, key: QuestionKey, implementation: string): Trial[] {
  const id = questionId(key);
  return run.trials.filter(
    (trial) => trial.spec.implementation === implementation && questionId(questionKeyOf(trial)) === id,
  );
}

/** A climb makes as many as it needs. */
export function plannedCount(run: RunResult, key: QuestionKey): number {
  const cell = run.scenario.entries.find((candidate) => matchesEntry(candidate, key));
  return cell === undefined || cell.cluster?.searchesSize ? 0 : cell.trialCount;
}

export function publishedOf(run: RunResult, key: QuestionKey): PublishedElections | null {
  return run.scenario.entries.find((candidate) => matchesEntry(candidate, key))?.cluster?.published ?? null;
}

/** Least CPU per request first. */
export function byCpuCost(a: Row, b: Row): number {
  return cpuCost(a) - cpuCost(b);
}

function cpuCost(row: Row): number {
  return row.figures['cpu-per-request']?.median ?? Number.MAX_VALUE;
}
