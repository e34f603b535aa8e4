import type { LoadProfile } from '../model/load-profile.ts';
import type { Scenario, ScenarioCell } from '../model/scenario.ts';
import type { Service } from '../model/service.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Workload } from '../model/workload.ts';
import { createRandom } from '../stats/random.ts';
import { shuffled } from './shuffle.ts';

export interface PlanInput {
  readonly scenario: Scenario;
  /** Ready implementations, by service. */
  readonly implementations: readonly { readonly id: string; readonly service: string }[];
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
    for (const ratePerSec of ratesOf(cell, input)) {
      for (let repetition = 1; repetition <= cell.trialCount; repetition += 1) {
        const round = shuffled(
          input.implementations.filter(({ service }) => service === cell.service),
          random.below,
        );
        for (const { id } of round) specs.push(trialSpec(input, cell, ratePerSec, id, repetition, specs.length));
      }
    }
  }
  return specs;
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
  ratePerSec: number,
  implementation: string,
  repetition: number,
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
    limit,
    idleMs: scenario.idleMs,
    profile: { ...cell.profile, ratePerSec, seed: scenario.seed },
  };
}

/** What a trial costs beside its phases of fixed length: copy, start, connect, stop. */
const overheadMs = 2_500;

/** Expected wall time of one trial. */
export function trialMs({ idleMs, profile }: { idleMs: number; profile: LoadProfile }): number {
  return overheadMs + idleMs + (profile.warmupCount / profile.warmupRatePerSec) * 1000 + profile.measureMs;
}
