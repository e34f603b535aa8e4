import type { ClusterSpec } from '../model/cluster.ts';
import type { Implementation } from '../model/implementation.ts';
import type { Scenario, ScenarioEntry } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { Trial, TrialSpec } from '../model/trial.ts';
import type { Workload } from '../model/workload.ts';
import { createRandom, shuffled } from '../stats/random.ts';

export interface PlanInput {
  readonly scenario: Scenario;
  /** Ready implementations, by service. */
  readonly implementations: readonly Pick<Implementation, 'id' | 'service' | 'limits' | 'workerCount'>[];
  readonly services: ReadonlyMap<string, Service>;
  /** By `${service}/${workload}`. */
  readonly workloads: ReadonlyMap<string, Workload>;
  readonly limit: TrialSpec['resourceLimit'];
}

/**
 * The trials of a run in their order: in each round every implementation once, in a seeded order of its own, so that
 * a drift of the machine falls on all alike.
 */
export function plan(input: PlanInput): TrialSpec[] {
  const random = createRandom(input.scenario.seed);
  const specs: TrialSpec[] = [];
  for (const entry of input.scenario.entries) {
    for (const round of roundsOf(entry, input)) {
      const able = input.implementations.filter(
        ({ service, limits }) =>
          service === entry.service && (round.size ?? 0) <= (limits.clusterSize ?? Number.MAX_VALUE),
      );
      for (const one of shuffled(able, random.below)) specs.push(trialSpec(input, entry, round, one, specs.length));
    }
  }
  return specs;
}

interface Round {
  readonly ratePerSec: number;
  /** Nodes; null: no cluster. */
  readonly size: number | null;
  readonly repetition: number;
}

function roundsOf(entry: ScenarioEntry, input: PlanInput): Round[] {
  const sizes = entry.cluster?.sizes ?? [null];
  return ratesOf(entry, input).flatMap((ratePerSec) =>
    entry.cluster?.searchesSize
      ? sizeSearchRounds(entry.cluster.sizes, entry.trialCount).map((round) => ({ ratePerSec, ...round }))
      : sizes.flatMap((size) => countUp(1, entry.trialCount).map((repetition) => ({ ratePerSec, size, repetition }))),
  );
}

/** Up with one trial a size and a second chance; then down, asking each size all that is left. See isSkippable. */
function sizeSearchRounds(sizes: readonly number[], trialCount: number): Omit<Round, 'ratePerSec'>[] {
  const up = [...sizes].sort((a, b) => a - b);
  const each = (order: readonly number[], repetitions: readonly number[]) =>
    order.flatMap((size) => repetitions.map((repetition) => ({ size, repetition })));
  return [...each(up, countUp(1, Math.min(2, trialCount))), ...each(up.reverse(), countUp(3, trialCount))];
}

function countUp(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function ratesOf(entry: ScenarioEntry, { workloads }: PlanInput): readonly number[] {
  const fixed = workloads.get(`${entry.service}/${entry.workload}`)?.fixedRatePerSec ?? null;
  if (fixed !== null) return [fixed];
  if (entry.ratesPerSec.length === 0) throw new Error(`entry ${entry.service}/${entry.workload} names no rate`);
  return entry.ratesPerSec;
}

function trialSpec(
  { scenario, services, workloads, limit }: PlanInput,
  entry: ScenarioEntry,
  { ratePerSec, size, repetition }: Round,
  { id, workerCount }: PlanInput['implementations'][number],
  position: number,
): TrialSpec {
  return {
    implementation: id,
    service: entry.service,
    contractVersion: services.get(entry.service)?.contractVersion ?? 1,
    workload: entry.workload,
    workloadVersion: workloads.get(`${entry.service}/${entry.workload}`)?.version ?? 1,
    temperature: entry.temperature,
    repetition,
    attempt: 1,
    position,
    pair: null,
    workerCount: workerCount ?? scenario.workerCount,
    databaseConnectionCount: scenario.databaseConnectionCount,
    resourceLimit: limit ?? memoryLimit(entry),
    idleMs: scenario.idleMs,
    cluster: size === null ? null : clusterSpec(entry, size, workloads),
    loadPlan: { ...entry.loadPlan, ratePerSec, seed: scenario.seed },
  };
}

function memoryLimit({ cluster }: ScenarioEntry): TrialSpec['resourceLimit'] {
  const memoryBytes = cluster?.memoryLimitBytes ?? null;
  return memoryBytes === null ? null : { cpuCount: null, memoryBytes };
}

function clusterSpec(entry: ScenarioEntry, size: number, workloads: PlanInput['workloads']): ClusterSpec | null {
  if (entry.cluster === null) return null;
  const { sizes, memoryLimitBytes, published, ...timing } = entry.cluster;
  const fault = workloads.get(`${entry.service}/${entry.workload}`)?.clusterFault ?? 'none';
  return { ...timing, size, fault };
}

/** What a trial costs beside its phases of fixed length: copy, start, connect, stop; a cluster copies no database. */
const trialOverheadMs = 2_000;
const clusterOverheadMs = 1_200;
/** Of a warm-up: one in ten is given half as many requests again. */
const warmupExtensionFactor = 1.05;

/** Expected wall time of one trial. */
export function trialMs({ idleMs, loadPlan, cluster }: Pick<TrialSpec, 'idleMs' | 'loadPlan' | 'cluster'>): number {
  const warmupMs = warmupExtensionFactor * (loadPlan.warmupCount / loadPlan.warmupRatePerSec) * 1000;
  const overheadMs = cluster === null ? trialOverheadMs : clusterOverheadMs;
  return (
    overheadMs + idleMs + warmupMs + (cluster?.fault === 'crash-leaders' ? crashesMs(cluster) : loadPlan.measureMs)
  );
}

/** Measured: 260 ms for an election at 150 to 300 ms and until the cluster is whole again. */
function crashesMs({ crashCount, electionTimeoutMaxMs }: ClusterSpec): number {
  return crashCount * (0.7 * electionTimeoutMaxMs + 50);
}

type FinishedTrial = Pick<Trial, 'spec' | 'status'>;

/** Of the trials left, those that will be made if every start of a cluster-size search holds; all, where nothing is searched. */
export function expectedSpecs(left: readonly TrialSpec[], done: readonly FinishedTrial[] = []): TrialSpec[] {
  const made = [...done];
  return left.filter((spec) => {
    if (isSkippable(spec, made)) return false;
    made.push({ spec, status: 'ok' });
    return true;
  });
}

/** A size holds when so many of ten starts succeed; it does not when two fail. */
const minPassedCount = 9;
const maxFailedCount = 2;

/**
 * Whether a trial of a cluster-size search can show nothing new: its size or a smaller one has failed, its second chance is not
 * needed, or this size or a larger one holds. Trials that were the machine's fault count for neither side.
 */
export function isSkippable(spec: TrialSpec, done: readonly FinishedTrial[]): boolean {
  if (spec.cluster?.searchesSize !== true) return false;
  const { size } = spec.cluster;
  const search = done.filter((trial) => isSameSizeSearch(trial.spec, spec));
  const failed = (trial: FinishedTrial) => trial.status === 'failed' || trial.status === 'overloaded';
  const counts = new Map<number, { heldCount: number; failedCount: number }>();
  for (const trial of search) {
    const at = trial.spec.cluster?.size ?? 0;
    const { heldCount, failedCount } = counts.get(at) ?? { heldCount: 0, failedCount: 0 };
    counts.set(at, {
      heldCount: heldCount + (trial.status === 'ok' ? 1 : 0),
      failedCount: failedCount + (failed(trial) ? 1 : 0),
    });
  }
  const sizes = [...counts];
  if (sizes.some(([at, { failedCount }]) => at <= size && failedCount >= maxFailedCount)) return true;
  if (spec.repetition === 2 && (counts.get(size)?.heldCount ?? 0) > 0) return true;
  return sizes.some(([at, { heldCount }]) => at >= size && heldCount >= minPassedCount);
}

function isSameSizeSearch(a: TrialSpec, b: TrialSpec): boolean {
  return a.implementation === b.implementation && a.workload === b.workload && a.service === b.service;
}
