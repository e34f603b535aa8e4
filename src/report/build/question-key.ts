import { describeCluster, isAskedBy, type QuestionKey, trialsOfQuestion } from '../../model/cell-key.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { ScenarioEntry } from '../../model/scenario.ts';
import type { Trial } from '../../model/trial.ts';
import type { Row } from '../model.ts';

export function conditionsOf({ ratePerSec, workload, temperature, cluster }: QuestionKey): string {
  const nodes = cluster === null ? '' : `, ${describeCluster(cluster)}`;
  if (ratePerSec === 0) return `on ${workload}${nodes}`;
  return `at ${ratePerSec}/s on ${workload}${temperature === 'cold' ? ', cold' : ''}${nodes}`;
}

/** What a run knows of one question. */
export interface AskedQuestion {
  readonly key: QuestionKey;
  /** Of the scenario; null: only trials know of it. */
  readonly entry: ScenarioEntry | null;
  readonly trials: readonly Trial[];
}

export function askedQuestion(run: RunResult, key: QuestionKey): AskedQuestion {
  return {
    key,
    entry: run.scenario.entries.find((entry) => isAskedBy(entry, key)) ?? null,
    trials: trialsOfQuestion(run, key),
  };
}

/** A search for the largest cluster makes as many as it needs. */
export function plannedCount({ entry }: AskedQuestion): number {
  return entry === null || entry.cluster?.searchesSize ? 0 : entry.trialCount;
}

/** Those that were wrong first, then lowest CPU per request. */
export function byCpuCost(a: Row, b: Row): number {
  return Number(b.isWrong) - Number(a.isWrong) || cpuCost(a) - cpuCost(b);
}

function cpuCost(row: Row): number {
  return row.rank?.level ?? row.figures['cpu-per-request']?.median ?? Number.MAX_VALUE;
}
