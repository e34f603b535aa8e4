import type { LoadResult } from './load-result.ts';

/** Where the line is drawn between a generator that can be believed and one that cannot; the reasons are in docs/explanation/method.md. */
const generatorLimits = {
  coresUsedPerThread: 0.8,
  sentRatio: 0.995,
  connectionWaitMs: 1,
  /**
   * How late it may have woken: a share of the response at the same quantile, or so many milliseconds. A hiccup of a shared
   * machine that one request in a thousand sees is in no figure but the rarest, so those bear more. A tenth of a millisecond at
   * the median is what a timer of a virtual machine costs: services that answer faster would have no latency at all.
   */
  generatorDelay: [
    ['p50', 'p50Ms', 0.1, 0.1],
    ['p90', 'p90Ms', 0.25, 2],
    ['p99', 'p99Ms', 0.25, 2],
    ['p99.9', 'p999Ms', 0.25, 10],
    ['max', 'maxMs', 0.25, 50],
  ],
  eventLoopUtilizationRatio: 0.9,
  gcRatio: 0.05,
} as const;

interface AssessmentReason {
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
export function isTargetSaturated({
  connectionWait: waited,
  counts,
}: Pick<LoadResult, 'connectionWait' | 'counts'>): boolean {
  const waitedMs = waited.p90Ms ?? waited.p50Ms ?? 0;
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

/** The first quantile of which the generator itself made too much: of those that are shown, and the maximum, at any count. */
export function generatorDelayReason({
  responseTime: response,
  generatorDelay,
}: Pick<LoadResult, 'responseTime' | 'generatorDelay'>): AssessmentReason | null {
  for (const [quantile, key, ratio, leastMs] of generatorLimits.generatorDelay) {
    const answerMs = response[key];
    const lateMs = generatorDelay[key];
    // Where too few answers were right for this quantile, the delay is judged by itself.
    const limitMs = Math.max(leastMs, ratio * (answerMs ?? 0));
    if (lateMs === null || lateMs <= limitMs) continue;
    const beside = answerMs === null ? 'without a response to compare' : `at a response ${quantile} of ${ms(answerMs)}`;
    const message = `the generator woke ${ms(lateMs)} late (${quantile}; limit ${ms(limitMs)} ${beside})`;
    return { code: 'generator-delayed', message };
  }
  return null;
}

function eventLoopReason({ generator }: LoadResult): AssessmentReason | null {
  const ratio = generator.eventLoopUtilizationRatio;
  if (ratio <= generatorLimits.eventLoopUtilizationRatio) return null;
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
