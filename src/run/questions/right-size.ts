import type { Trial, TrialSpec } from '../../model/trial.ts';
import { type Objective, stepDurationMs, stepOfTrial } from '../capacity/objective.ts';
import { type Capacity, type RateStep, searchCapacity } from '../capacity/search.ts';
import { createTrialRunner } from '../trial/create-environment.ts';
import { type Subject, withProgramEnv } from './subject.ts';
import { loadPlanBase, subjectTrial, warmupBelow } from './subject-load.ts';
import { toldMemoryLimit } from './told-limit.ts';

export type Limit = NonNullable<TrialSpec['resourceLimit']>;

/** What a trial under a limit showed. */
export interface LimitStep {
  readonly limit: Limit;
  readonly status: RateStep['status'];
  readonly reason: string;
}

/** What the unlimited program used, from which the searches start. */
export interface Unlimited {
  readonly peakBytes: number;
  readonly coresUsed: number;
}

/**
 * found: held three times; `failedValue` is what failed in most of three, with the reason. not-below: held, and what lies below could
 * not be decided. above: not even the most that was tried held.
 */
export type LeastLimit =
  | { readonly status: 'found'; readonly value: number; readonly failedValue: number; readonly reason: string }
  | { readonly status: 'not-below' | 'above' | 'unconfirmed'; readonly value: number; readonly reason: string }
  | { readonly status: 'unknown'; readonly reason: string };

/** Both limits at once, and how far they had to be raised above the two found apart. */
export type LimitPair =
  | { readonly status: 'found'; readonly limit: Limit; readonly raisedRatio: number }
  | { readonly status: 'not-found'; readonly reason: string };

const precisionRatio = 0.05;
const confirmCount = 3;
const maxRaiseCount = 20;
/** The pace of the search's scale: the first limit tried. */
const startRate = 1_000;

interface LeastSearch {
  readonly startValue: number;
  readonly maxValue: number;
  tryValue(value: number): Promise<LimitStep>;
}

/** The search for the highest rate, turned over: the less of a limit, the higher the rate that it stands for. */
export async function leastLimit({ startValue, maxValue, tryValue }: LeastSearch): Promise<LeastLimit> {
  const valueAt = (rate: number) => (startValue * startRate) / rate;
  let lastFailure = '';
  const found = await searchCapacity({
    ...{ startRatePerSec: startRate, precisionRatio, minRatePerSec: (startRate * startValue) / maxValue },
    async tryRate(ratePerSec) {
      const { status, reason } = await tryValue(valueAt(ratePerSec));
      if (status === 'failed') lastFailure = reason;
      return { ratePerSec, status, reason };
    },
  });
  return asLeastLimit(found, valueAt, lastFailure);
}

function asLeastLimit(found: Capacity, valueAt: (rate: number) => number, lastFailure: string): LeastLimit {
  if (found.status === 'unknown') return found;
  const value = valueAt(found.ratePerSec);
  switch (found.status) {
    case 'found':
      return { status: 'found', value, failedValue: valueAt(found.failedRatePerSec), reason: lastFailure };
    case 'at-least':
      return { status: 'not-below', value, reason: found.reason };
    case 'below':
      return { status: 'above', value, reason: found.reason };
    case 'unconfirmed':
      return { status: 'unconfirmed', value, reason: found.reason };
  }
}

/** Raises both by 5 % until they hold three times together. */
export async function leastPair(least: Limit, tryLimit: (limit: Limit) => Promise<LimitStep>): Promise<LimitPair> {
  let reason = '';
  for (let count = 0; count < maxRaiseCount; count++) {
    const factor = (1 + precisionRatio) ** count;
    const limit = {
      cpuCount: least.cpuCount === null ? null : least.cpuCount * factor,
      memoryBytes: least.memoryBytes === null ? null : wholePages(least.memoryBytes * factor),
    };
    const bad = await firstBad(limit, tryLimit);
    if (bad === null) return { status: 'found', limit, raisedRatio: factor - 1 };
    reason = bad.reason;
    if (bad.status === 'unknown') break;
  }
  return { status: 'not-found', reason };
}

async function firstBad(limit: Limit, tryLimit: (limit: Limit) => Promise<LimitStep>): Promise<LimitStep | null> {
  for (let count = 0; count < confirmCount; count++) {
    const step = await tryLimit(limit);
    if (step.status !== 'sustained') return step;
  }
  return null;
}

const pageBytes = 4_096;

export function wholePages(bytes: number): number {
  return pageBytes * Math.ceil(bytes / pageBytes);
}

/** So much dearer than without a limit: it collects garbage, or reads its pages again and again. */
const thrashFactor = 1.5;

/**
 * With what the kernel counted against the limits (throttled periods, reached memory) in the trial's own words, and with the CPU
 * of a program that struggles for memory.
 */
export function stepUnder(
  limit: Limit,
  trial: Trial,
  objective: Objective,
  usualCpuPerRequestMs: number | null = null,
): LimitStep {
  const { status, reason } = stepOfTrial(trial, objective);
  if (status === 'sustained') return { limit, status, reason };
  const notes = trial.warnings.filter(({ code }) => code === 'limited').map(({ message }) => message);
  const cpuMs = trial.measurement?.cpu.target?.perRequestMs ?? null;
  const factor = cpuMs === null || usualCpuPerRequestMs === null ? 1 : cpuMs / usualCpuPerRequestMs;
  const thrash = `CPU per request ${factor.toFixed(1)} times that without a limit: it struggles for memory`;
  const isThrashing = limit.memoryBytes !== null && factor >= thrashFactor;
  return { limit, status, reason: [reason, ...notes, ...(isThrashing ? [thrash] : [])].join('; ') };
}

export interface LimitedTrials {
  /** The program without a limit: null with the reason where it does not keep the objective even so. */
  tryUnlimited(): Promise<{ readonly step: LimitStep; readonly unlimited: Unlimited | null }>;
  /** The runtime is told of its memory, where it can be. */
  tryLimit(limit: Limit): Promise<LimitStep>;
  /** null: this runtime is never told. */
  readonly tryUntold: ((limit: Limit) => Promise<LimitStep>) | null;
}

interface LimitedTrialsRequest {
  readonly ratePerSec: number;
  readonly objective: Objective;
  readonly measureMs: number;
  /** null: ten seconds' worth, at most 1,000. */
  readonly warmupCount: number | null;
}

const noLimit: Limit = { cpuCount: null, memoryBytes: null };

/** Each step is a whole trial: a fresh process in a fresh group on a fresh database. */
export function limitedTrials(
  subject: Subject,
  { ratePerSec, objective, measureMs, warmupCount }: LimitedTrialsRequest,
): LimitedTrials {
  const { service, workload, session, preparedImplementation } = subject;
  const declared = {
    services: new Map([[service.id, service]]),
    workloads: new Map([[`${service.id}/${workload.id}`, workload]]),
  };
  const runTrial = createTrialRunner(session, declared, { onPhase() {} });
  const stepMs = stepDurationMs(objective, ratePerSec, measureMs);
  // At the rate that is asked: what cannot keep it need not be warmed up any faster.
  const warmup = warmupBelow(2 * ratePerSec);
  const load = {
    ...{ ...loadPlanBase, ...warmup, ratePerSec, measureMs: stepMs },
    warmupCount: warmupCount ?? warmup.warmupCount,
  };
  let usualCpuMs: number | null = null;
  const { implementation } = preparedImplementation.located;
  const stepOf = async (limit: Limit, env: Readonly<Record<string, string>>) => {
    const { preparedImplementation: told } = withProgramEnv(subject, env);
    return stepUnder(limit, await runTrial(subjectTrial(subject, load, limit), told), objective, usualCpuMs);
  };
  const toldOf = ({ memoryBytes }: Limit) =>
    memoryBytes === null ? null : toldMemoryLimit(implementation, memoryBytes, subjectTrial(subject, load).workerCount);
  const canBeTold = toldOf({ cpuCount: null, memoryBytes: minToldBytes }) !== null;
  return {
    async tryUnlimited() {
      const trial = await runTrial(subjectTrial(subject, load), preparedImplementation);
      const step = stepUnder(noLimit, trial, objective);
      if (step.status !== 'sustained' || trial.status === 'failed') return { step, unlimited: null };
      const { memory, cpu } = trial.measurement;
      usualCpuMs = cpu.target?.perRequestMs ?? null;
      const peakBytes = memory.peakIncludingFileBytes ?? memory.peakBytes;
      if (peakBytes === null || cpu.target === null) return { step, unlimited: null };
      return { step, unlimited: { peakBytes, coresUsed: cpu.target.coresUsed } };
    },
    tryLimit: (limit) => stepOf(limit, toldOf(limit) ?? {}),
    tryUntold: canBeTold ? (limit) => stepOf(limit, {}) : null,
  };
}

/** Any will do: only whether a runtime can be told is asked. */
const minToldBytes = 64 * 2 ** 20;
