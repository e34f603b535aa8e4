import type { LoadPlan } from '../../model/scenario.ts';
import { median } from '../../stats/descriptive.ts';
import { createHistogram, decode, type Histogram, merge, percentileMs } from '../../stats/histogram.ts';
import { createTrialEnvironment } from '../trial/create-environment.ts';
import { type RunningTarget, TrialFailure } from '../trial/observations.ts';
import { beginObservedLoad, startQuestionGenerator } from './observed-load.ts';
import { type ObservedLoad, type SecondFigures, secondFigures } from './second-figures.ts';
import type { Subject } from './subject.ts';
import { loadPlanBase, subjectTrial, warmupBelow } from './subject-load.ts';

/** Rates and lengths of the three stretches: base, burst, base again. */
export interface OverloadPlan {
  readonly basePerSec: number;
  readonly burstPerSec: number;
  /** All three are whole seconds. */
  readonly baseSec: number;
  readonly burstSec: number;
  readonly watchSec: number;
}

export interface Overload {
  readonly status: 'measured';
  /** Right answers of requests due in the burst, by second: all, and those within the limit. */
  readonly burst: Stretch;
  readonly base: Stretch;
  /** Twice the base's pooled p95: beyond it an answer is not in time. */
  readonly limitMs: number;
  /** From the burst's end; null: never while it was watched. */
  readonly recoveredAfterSec: number | null;
  /** The same of CPU per request, at most twice the base's; null: never, or CPU is not known. */
  readonly cpuRecoveredAfterSec: number | null;
  /** In all three stretches. */
  readonly notServed: NotServed;
  readonly seconds: readonly (SecondFigures & { readonly inTimeCount: number })[];
}

interface Stretch {
  readonly scheduledPerSec: number;
  readonly rightPerSec: number;
  readonly inTimePerSec: number;
  readonly responseP95Ms: number | null;
  /** Median over the seconds. */
  readonly cpuPerRequestMs: number | null;
}

/** What became of the requests without a right answer. */
interface NotServed {
  /** Told so: refused as the contract allows, answered with something else, or the connection closed. */
  readonly refusedCount: number;
  /** Left to die: no answer within the time-out, or never sent because so many were waiting already. */
  readonly leftCount: number;
}

export interface FailedOverload {
  readonly status: 'failed';
  readonly reason: string;
}

const wellRatio = 0.95;
const wellSecondCount = 5;
const limitFactor = 2;

/** Pure: from the seconds of a load of three stretches. */
export function overloadOf(observed: ObservedLoad, plan: OverloadPlan): Overload {
  const { secondHistograms, result } = observed;
  const histogramOf = (second: number) => decodeIfAny(secondHistograms[second]);
  const pooled = pool(Array.from({ length: plan.baseSec }, (_, second) => histogramOf(second)));
  // What timed out stands in the histograms at its age.
  const limitMs = Math.min(limitFactor * (percentileMs(pooled, 95) ?? 0), loadPlanBase.timeoutMs - 1);
  const seconds = secondFigures(observed).map((figures) => ({
    ...figures,
    inTimeCount: countWithin(histogramOf(figures.second), limitMs),
  }));
  const part = (from: number, count: number) => {
    const chosen = seconds.slice(from, from + count);
    return stretchOf(chosen, pool(chosen.map(({ second }) => histogramOf(second))));
  };
  const base = part(0, plan.baseSec);
  const endSec = plan.baseSec + plan.burstSec;
  const after = seconds.slice(endSec, endSec + plan.watchSec);
  const cpuLimitMs = base.cpuPerRequestMs === null ? null : limitFactor * base.cpuPerRequestMs;
  const { refusedCount, wrongCount, failedCount, timedOutCount, inFlightCount, unsentCount } = result.counts;
  return {
    ...{ status: 'measured', base, burst: part(plan.baseSec, plan.burstSec), limitMs },
    recoveredAfterSec: firstWell(after, (one) => one.inTimeCount >= wellRatio * one.scheduledCount),
    cpuRecoveredAfterSec:
      cpuLimitMs === null
        ? null
        : firstWell(after, ({ cpuPerRequestMs }) => cpuPerRequestMs !== null && cpuPerRequestMs <= cpuLimitMs),
    notServed: {
      refusedCount: refusedCount + wrongCount + failedCount,
      leftCount: timedOutCount + inFlightCount + unsentCount,
    },
    seconds,
  };
}

/** The first second from which so many in a row are well. */
function firstWell<T>(seconds: readonly T[], isWell: (second: T) => boolean): number | null {
  let wellCount = 0;
  for (const [index, second] of seconds.entries()) {
    wellCount = isWell(second) ? wellCount + 1 : 0;
    if (wellCount === wellSecondCount) return index + 1 - wellSecondCount;
  }
  return null;
}

function stretchOf(
  seconds: readonly (SecondFigures & { readonly inTimeCount: number })[],
  response: Histogram,
): Stretch {
  const perSec = (key: 'scheduledCount' | 'okCount' | 'inTimeCount') =>
    seconds.reduce((sum, second) => sum + second[key], 0) / Math.max(1, seconds.length);
  return {
    scheduledPerSec: perSec('scheduledCount'),
    rightPerSec: perSec('okCount'),
    inTimePerSec: perSec('inTimeCount'),
    responseP95Ms: percentileMs(response, 95),
    cpuPerRequestMs: median(seconds.flatMap(({ cpuPerRequestMs }) => cpuPerRequestMs ?? [])),
  };
}

function decodeIfAny(encoded: string | undefined): Histogram {
  return encoded === undefined || encoded === '' ? createHistogram() : decode(encoded);
}

function pool(histograms: readonly Histogram[]): Histogram {
  const pooled = createHistogram();
  for (const histogram of histograms) merge(pooled, histogram);
  return pooled;
}

/** How many records are within the limit. */
function countWithin(histogram: Histogram, limitMs: number): number {
  if (histogram.totalCount === 0) return 0;
  let low = 0;
  let high = histogram.totalCount;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((percentileMs(histogram, (100 * (middle - 0.5)) / histogram.totalCount) ?? 0) <= limitMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface OverloadRequest {
  readonly plan: OverloadPlan;
  readonly closedLoopPerSec: number;
  onProgress(elapsedMs: number): void;
}

/** Many clients, each with a connection of its own, as far as one process may have open files. */
const burstLimits = { connectionCount: 512, maxInFlightCount: 20_000 } as const;

/** A fresh program, warmed up, and the three stretches in one load. One that dies of it is a failure, no error. */
export async function overload(subject: Subject, request: OverloadRequest): Promise<Overload | FailedOverload> {
  const { plan, closedLoopPerSec } = request;
  const steps = [
    { ratePerSec: plan.basePerSec, durationMs: 1000 * plan.baseSec },
    { ratePerSec: plan.burstPerSec, durationMs: 1000 * plan.burstSec },
    { ratePerSec: plan.basePerSec, durationMs: 1000 * plan.watchSec },
  ];
  const loadPlan = {
    ...{ ...loadPlanBase, ...warmupBelow(closedLoopPerSec), ...burstLimits, arrivals: 'steps' as const, steps },
    ...{ ratePerSec: plan.basePerSec, drainMs: loadPlanBase.timeoutMs },
    measureMs: steps.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
  const spec = subjectTrial(subject, loadPlan);
  const environment = createTrialEnvironment({ ...subject, spec, onPhase: () => {} });
  const database = await environment.copyDatabase();
  try {
    const target = await environment.startTarget(database?.url ?? null);
    try {
      return overloadOf(await loadRunning(subject, target, spec.loadPlan, request), plan);
    } finally {
      await target.dispose();
    }
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', reason: error.message };
    throw error;
  } finally {
    await database?.drop();
  }
}

async function loadRunning(
  subject: Subject,
  target: RunningTarget,
  loadPlan: LoadPlan,
  { onProgress }: OverloadRequest,
): Promise<ObservedLoad> {
  const death = target.died.then((cause) => {
    throw new TrialFailure('target-died', cause);
  });
  death.catch(() => {});
  const generator = await startQuestionGenerator(subject, target.url, loadPlan, onProgress);
  try {
    await generator.warmUp(loadPlan.warmupCount, loadPlan.warmupRatePerSec);
    return await Promise.race([beginObservedLoad(generator, target.probe, loadPlan.measureMs).ended, death]);
  } finally {
    await generator.stop();
  }
}
