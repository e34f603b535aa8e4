import type { ClusterPlan, ClusterSpec } from './cluster.ts';
import type { RunResult } from './run-result.ts';
import type { Scenario, ScenarioEntry } from './scenario.ts';
import type { Trial, TrialSpec } from './trial.ts';

/** One workload at one rate and temperature (and cluster), asked of every implementation of its service. */
export interface QuestionKey {
  readonly service: string;
  readonly workload: string;
  readonly temperature: 'warm' | 'cold';
  /** 0: no request is sent. */
  readonly ratePerSec: number;
  /** null: no cluster. */
  readonly cluster: ClusterKey | null;
}

/** One implementation asked one question. Trials of one cell are repetitions of each other. */
export interface CellKey extends QuestionKey {
  readonly implementation: string;
}

/** The settings of a cluster that make two questions different ones. */
export type ClusterKey = Pick<
  ClusterSpec,
  | 'size'
  | 'electionTimeoutMinMs'
  | 'electionTimeoutMaxMs'
  | 'networkDelayUs'
  | 'durability'
  | 'heartbeatBeforeCrash'
  | 'laggingFollowerCount'
>;

function clusterKey(from: ClusterSpec): ClusterKey {
  const {
    size,
    electionTimeoutMinMs,
    electionTimeoutMaxMs,
    networkDelayUs,
    durability,
    heartbeatBeforeCrash,
    laggingFollowerCount,
  } = from;
  return {
    size,
    electionTimeoutMinMs,
    electionTimeoutMaxMs,
    networkDelayUs,
    durability,
    heartbeatBeforeCrash,
    laggingFollowerCount,
  };
}

function plannedClusterKeys(plan: ClusterPlan | null): (ClusterKey | null)[] {
  if (plan === null) return [null];
  return plan.sizes.map((size) => clusterKey({ ...plan, size, fault: 'none' }));
}

/** Every setting, for two questions may differ in any. */
export function clusterId(key: ClusterKey | null): string {
  if (key === null) return '';
  const conditions = key.heartbeatBeforeCrash || key.laggingFollowerCount > 0 ? `-c${key.laggingFollowerCount}` : '';
  return `-n${key.size}-${timeoutText(key, '-')}-d${key.networkDelayUs}-${key.durability}${conditions}`;
}

function timeoutText({ electionTimeoutMinMs, electionTimeoutMaxMs }: ClusterKey, dash = '–'): string {
  return `${electionTimeoutMinMs}${dash}${electionTimeoutMaxMs}`;
}

/** "5 nodes, time-outs 150–300 ms, 3 ms on each message" */
export function describeCluster(key: ClusterKey): string {
  const delay = key.networkDelayUs === 0 ? '' : `, ${key.networkDelayUs / 1000} ms on each message`;
  const durability = key.durability === 'file' ? '' : ', fsync';
  return `${key.size} ${key.size === 1 ? 'node' : 'nodes'}, time-outs ${timeoutText(key)} ms${delay}${durability}`;
}

export function questionOf({ service, workload, temperature, loadPlan, cluster }: TrialSpec): QuestionKey {
  const { ratePerSec } = loadPlan;
  return { service, workload, temperature, ratePerSec, cluster: cluster === null ? null : clusterKey(cluster) };
}

export function cellOf(spec: TrialSpec): CellKey {
  return { implementation: spec.implementation, ...questionOf(spec) };
}

/** `history/warm/100`: a part of ids that people type. */
function questionPath({ workload, temperature, ratePerSec, cluster }: QuestionKey): string {
  return `${workload}/${temperature}/${ratePerSec}${clusterId(cluster)}`;
}

/** `crud-history-warm-100`: fit for an anchor. */
export function questionId(key: QuestionKey): string {
  return `${key.service}/${questionPath(key)}`.replaceAll('/', '-').replaceAll('.', '_');
}

/** `crud-go/history/warm/100` */
export function cellId(key: CellKey): string {
  return `${key.implementation}/${questionPath(key)}`;
}

/** The cell that a trial helps to answer: all sizes of a search for the largest cluster are one, for those that fail are its answer. */
export function answeredCellId(spec: TrialSpec): string {
  const cell = cellOf(spec);
  return cellId(spec.cluster?.searchesSize ? { ...cell, cluster: null } : cell);
}

/** What a scenario asks, in its order. */
export function plannedQuestions({ entries }: Pick<Scenario, 'entries'>): QuestionKey[] {
  return entries.flatMap(({ service, workload, temperature, ratesPerSec, cluster: plan }) =>
    plannedClusterKeys(plan).flatMap((cluster) =>
      ratesPerSec.map((ratePerSec) => ({ service, workload, temperature, ratePerSec, cluster })),
    ),
  );
}

/** Whether this entry of a scenario asks the question; an entry without rates asks at its workload's own. */
export function isAskedBy(entry: ScenarioEntry, key: QuestionKey): boolean {
  const { service, workload, temperature, ratesPerSec } = entry;
  if (service !== key.service || workload !== key.workload || temperature !== key.temperature) return false;
  if (ratesPerSec.length > 0 && !ratesPerSec.includes(key.ratePerSec)) return false;
  return plannedClusterKeys(entry.cluster).some((cluster) => clusterId(cluster) === clusterId(key.cluster));
}

/** In sentences: "crud-go, history at 100/s". */
export function describeCell({ implementation, ...question }: CellKey): string {
  return `${implementation}, ${describeQuestion(question)}`;
}

/** "history at 100/s" */
export function describeQuestion({ workload, temperature, ratePerSec, cluster }: QuestionKey): string {
  const rate = ratePerSec === 0 ? '' : ` at ${ratePerSec}/s`;
  const nodes = cluster === null ? '' : `, ${describeCluster(cluster)}`;
  return `${workload}${rate}${temperature === 'cold' ? ', cold' : ''}${nodes}`;
}

/** Every cell that has trials in any of the runs, in their order. */
export function cellsIn(runs: readonly RunResult[]): CellKey[] {
  const cells = runs.flatMap((run) => run.trials.map((trial) => cellOf(trial.spec)));
  return [...new Map(cells.map((cell) => [cellId(cell), cell])).values()];
}

export function trialsIn({ trials }: RunResult, cell: CellKey): readonly Trial[] {
  return indexOf(trials).ofCell.get(cellId(cell)) ?? [];
}

/** Trials of every implementation. */
export function trialsOfQuestion({ trials }: RunResult, question: QuestionKey): readonly Trial[] {
  return indexOf(trials).ofQuestion.get(questionId(question)) ?? [];
}

interface TrialIndex {
  readonly ofCell: ReadonlyMap<string, readonly Trial[]>;
  readonly ofQuestion: ReadonlyMap<string, readonly Trial[]>;
}

const indices = new WeakMap<readonly Trial[], TrialIndex>();

/** Made once for a list of trials, which is never added to: a file may have thousands of questions. */
function indexOf(trials: readonly Trial[]): TrialIndex {
  const known = indices.get(trials);
  if (known !== undefined) return known;
  const index = {
    ofCell: Map.groupBy(trials, ({ spec }) => cellId(cellOf(spec))),
    ofQuestion: Map.groupBy(trials, ({ spec }) => questionId(questionOf(spec))),
  };
  indices.set(trials, index);
  return index;
}
