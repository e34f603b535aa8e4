import type { ClusterSpec } from '../model/cluster.ts';
import type { Implementation } from '../model/implementation.ts';
import type { Scenario, ScenarioCell } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Workload } from '../model/workload.ts';
import { createRandom } from '../stats/random.ts';
import { shuffled } from './shuffle.ts';

export interface PlanInput {
  readonly scenario: Scenario;
  /** Ready implementations, by service. */
  readonly implementations: readonly Pick<Implementation, 'id' | 'service' | 'limits'>[];
  readonly services: ReadonlyMap<string, Service>;
  /** By `${service}/${workload}`. */
  readonly workloads: ReadonlyMap<string, Workload>;
  readonly limit: TrialSpec['limit'];
}

/**
 * The trials of a run in their order: in each round every implementation once, in a seeded order of its own, so that
 * a drift of the machine falls on all alike.
 */
export function plan(input: PlanInput): TrialSpec[] {
  const random = createRandom(input.scenario.seed);
  const specs: TrialSpec[] = [];
  for (const cell of input.scenario.cells) {
    for (const round of roundsOf(cell, input)) {
      const able = input.implementations.filter(
        ({ service, limits }) =>
          service === cell.service && (round.size ?? 0) <= (limits.clusterSize ?? Number.MAX_VALUE),
      );
      for (const { id } of shuffled(able, random.below)) specs.push(trialSpec(input, cell, round, id, specs.length));
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

function roundsOf(cell: ScenarioCell, input: PlanInput): Round[] {
  const sizes = cell.cluster?.sizes ?? [null];
  return ratesOf(cell, input).flatMap((ratePerSec) =>
    cell.cluster?.climbs
      ? climb(cell.cluster.sizes, cell.trialCount).map((round) => ({ ratePerSec, ...round }))
      : sizes.flatMap((size) => counted(1, cell.trialCount).map((repetition) => ({ ratePerSec, size, repetition }))),
  );
}

/** Up with one trial a size and a second chance; then down, asking each size all that is left. See needless.ts. */
function climb(sizes: readonly number[], trialCount: number): Omit<Round, 'ratePerSec'>[] {
  const up = [...sizes].sort((a, b) => a - b);
  const each = (order: readonly number[], repetitions: readonly number[]) =>
    order.flatMap((size) => repetitions.map((repetition) => ({ size, repetition })));
  return [...each(up, counted(1, Math.min(2, trialCount))), ...each(up.reverse(), counted(3, trialCount))];
}

function counted(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function ratesOf(cell: ScenarioCell, { workloads }: PlanInput): readonly number[] {
  const fixed = workloads.get(`${cell.service}/${cell.workload}`)?.fixedRatePerSec ?? null;
  if (fixed !== null) return [fixed];
  if (cell.ratesPerSec.length === 0) throw new Error(`cell ${cell.service}/${cell.workload} names no rate`);
  return cell.ratesPerSec;
}

function trialSpec(
  { scenario, services, workloads, limit }: PlanInput,
  cell: ScenarioCell,
  { ratePerSec, size, repetition }: Round,
  implementation: string,
  slot: number,
): TrialSpec {
  return {
    implementation,
    service: cell.service,
    contractVersion: services.get(cell.service)?.contractVersion ?? 1,
    workload: cell.workload,
    workloadVersion: workloads.get(`${cell.service}/${cell.workload}`)?.version ?? 1,
    temperature: cell.temperature,
    repetition,
    attempt: 1,
    slot,
    pair: null,
    workerCount: scenario.workerCount,
    dbPoolTotal: scenario.dbPoolTotal,
    limit: limit ?? memoryLimit(cell),
    idleMs: scenario.idleMs,
    cluster: size === null ? null : clusterSpec(cell, size, workloads),
    profile: { ...cell.profile, ratePerSec, seed: scenario.seed },
  };
}

function memoryLimit({ cluster }: ScenarioCell): TrialSpec['limit'] {
  const memoryBytes = cluster?.memoryLimitBytes ?? null;
  return memoryBytes === null ? null : { cpuCount: null, memoryBytes };
}

function clusterSpec(cell: ScenarioCell, size: number, workloads: PlanInput['workloads']): ClusterSpec | null {
  if (cell.cluster === null) return null;
  const { sizes, memoryLimitBytes, published, ...timing } = cell.cluster;
  const act = workloads.get(`${cell.service}/${cell.workload}`)?.clusterAct ?? 'watch';
  return { ...timing, size, act };
}

/** What a trial costs beside its phases of fixed length: copy, start, connect, stop. */
const overheadMs = 2_500;

/** Expected wall time of one trial. */
export function trialMs({ idleMs, profile, cluster }: Pick<TrialSpec, 'idleMs' | 'profile' | 'cluster'>): number {
  const warmupMs = (profile.warmupCount / profile.warmupRatePerSec) * 1000;
  return overheadMs + idleMs + warmupMs + (cluster?.act === 'crash-leaders' ? crashesMs(cluster) : profile.measureMs);
}

/** An election takes about half a time-out, and the same again until the cluster is whole. */
function crashesMs({ crashCount, electionTimeoutMaxMs }: ClusterSpec): number {
  return crashCount * (1.2 * electionTimeoutMaxMs + 50);
}
