import type { LoadResult } from '../model/load-result.ts';

/** Where the line is drawn between a generator that can be believed and one that cannot; the reasons are in docs/explanation/method.md. */
export const generatorLimits = {
  coresUsedPerThread: 0.8,
  sentRatio: 0.995,
  connectionWaitMs: 1,
  generatorDelayOfResponseP50: 0.1,
  generatorDelayP99Ms: 2,
  generatorDelayP99OfResponseP50: 0.25,
  eventLoopUtilizationRatio: 0.9,
  gcRatio: 0.05,
} as const;

export interface AssessmentReason {
  readonly code: 'generator-busy' | 'too-few-sent' | 'generator-delayed' | 'event-loop-busy' | 'garbage-collection';
  /** With the figure and its limit. */
  readonly message: string;
}

/**
 * What the generator says of itself. `voids` everything: the load was not the one asked for, nothing may be compared. `voids`
 * latency: the pace was kept, but answers were sent for or read too late by the generator; CPU and memory stand.
 */
export type GeneratorAssessment =
  | { readonly status: 'valid' }
  | {
      readonly status: 'invalid';
      readonly voids: 'everything' | 'latency';
      readonly reasons: readonly AssessmentReason[];
    };

/**
 * Judges the generator by its own account of a load. `coresUsed`: by its process, all threads; give it where an outer meter
 * (a cgroup) knows better than the process itself.
 */
export function assessGenerator(load: LoadResult, coresUsed: number = ownCoresUsed(load)): GeneratorAssessment {
  const grave = [cpuReason(load, coresUsed), sentReason(load), resourceExhaustionReason(load)].filter(
    (reason) => reason !== null,
  );
  const late = [generatorDelayReason(load), eventLoopReason(load), garbageCollectionReason(load)].filter(
    (reason) => reason !== null,
  );
  if (grave.length > 0) return { status: 'invalid', voids: 'everything', reasons: [...grave, ...late] };
  if (late.length > 0) return { status: 'invalid', voids: 'latency', reasons: late };
  return { status: 'valid' };
}

/** Whether requests that were due found every connection taken: the target's doing, not the generator's. */
export function isTargetSaturated({ connectionWait, counts }: LoadResult): boolean {
  const waitedMs = connectionWait.p90Ms ?? connectionWait.p50Ms ?? 0;
  return waitedMs > generatorLimits.connectionWaitMs || counts.timedOutCount > 0 || counts.inFlightCount > 0;
}

function windowMs({ startedAtNs, endedAtNs }: LoadResult): number {
  return (endedAtNs - startedAtNs) / 1e6;
}

function ownCoresUsed(load: LoadResult): number {
  const { cpuUserMs, cpuSystemMs } = load.generator;
  return (cpuUserMs + cpuSystemMs) / windowMs(load);
}

function cpuReason({ generator }: LoadResult, coresUsed: number): AssessmentReason | null {
  const perThread = coresUsed / generator.threadCount;
  if (perThread <= generatorLimits.coresUsedPerThread) return null;
  const limit = percent(generatorLimits.coresUsedPerThread);
  return {
    code: 'generator-busy',
    message: `the generator used ${percent(perThread)} of its core (limit ${limit})`,
  };
}

/** What found no connection because none could be opened has failed: the target's doing. */
function sentReason(load: LoadResult): AssessmentReason | null {
  const { scheduledCount, unsentCount } = load.counts;
  const sent = 1 - unsentCount / Math.max(1, scheduledCount);
  if (sent >= generatorLimits.sentRatio || isTargetSaturated(load)) return null;
  return {
    code: 'too-few-sent',
    message: `only ${percent(sent)} of the due requests were sent although connections were free`,
  };
}

/** What the kernel refuses a client that has run out of ports, files or memory. */
const resourceExhaustion = /: (EADDRNOTAVAIL|EMFILE|ENFILE|ENOBUFS|ENOMEM)$/;

function resourceExhaustionReason({ counts, errors }: LoadResult): AssessmentReason | null {
  const short = errors.filter(({ reason }) => resourceExhaustion.test(reason));
  const shortCount = short.reduce((sum, { count }) => sum + count, 0);
  if (shortCount <= (1 - generatorLimits.sentRatio) * counts.scheduledCount) return null;
  const code = resourceExhaustion.exec(short[0]?.reason ?? '')?.[1];
  return { code: 'too-few-sent', message: `${shortCount} requests got no connection out of this machine (${code})` };
}

function generatorDelayReason({ responseTime, generatorDelay }: LoadResult): AssessmentReason | null {
  const { generatorDelayOfResponseP50, generatorDelayP99Ms, generatorDelayP99OfResponseP50 } = generatorLimits;
  const answerMs = responseTime.p50Ms;
  if (answerMs === null || generatorDelay.p50Ms === null) return null;
  const late = (quantile: string, wokeMs: number, limitMs: number): AssessmentReason => ({
    code: 'generator-delayed',
    message: `the generator woke ${ms(wokeMs)} late (${quantile}; limit ${ms(limitMs)} at a response p50 of ${ms(answerMs)})`,
  });
  const p50LimitMs = generatorDelayOfResponseP50 * answerMs;
  if (generatorDelay.p50Ms > p50LimitMs) return late('p50', generatorDelay.p50Ms, p50LimitMs);
  const p99LimitMs = Math.max(generatorDelayP99Ms, generatorDelayP99OfResponseP50 * answerMs);
  if (generatorDelay.p99Ms !== null && generatorDelay.p99Ms > p99LimitMs)
    return late('p99', generatorDelay.p99Ms, p99LimitMs);
  return null;
}

/** A spinning pacer keeps its loop busy on purpose. */
function eventLoopReason({ generator }: LoadResult): AssessmentReason | null {
  const ratio = generator.eventLoopUtilizationRatio;
  if (generator.pacer === 'spin' || ratio <= generatorLimits.eventLoopUtilizationRatio) return null;
  const limit = percent(generatorLimits.eventLoopUtilizationRatio);
  return { code: 'event-loop-busy', message: `the generator's event loop was ${percent(ratio)} busy (limit ${limit})` };
}

function garbageCollectionReason(load: LoadResult): AssessmentReason | null {
  const ratio = load.generator.gcMs / windowMs(load);
  if (ratio <= generatorLimits.gcRatio) return null;
  const limit = percent(generatorLimits.gcRatio);
  return {
    code: 'garbage-collection',
    message: `the generator collected garbage ${percent(ratio)} of the time (limit ${limit})`,
  };
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(1)} %`;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
