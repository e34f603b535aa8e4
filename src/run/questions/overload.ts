import { median } from '../../stats/descriptive.ts';
import { type Histogram, percentileMs } from '../../stats/histogram.ts';
import { TrialFailure } from '../trial/observations.ts';
import { observeRun } from './observed-run.ts';
import {
  countWithin,
  histogramIn,
  type ObservedLoad,
  pool,
  type SecondFigures,
  secondFigures,
} from './second-figures.ts';
import type { Subject } from './subject.ts';
import { loadPlanBase, warmupBelow } from './subject-load.ts';

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
  const histogramOf = (second: number) => histogramIn(secondHistograms, second);
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

interface OverloadRequest {
  readonly plan: OverloadPlan;
  readonly closedLoopPerSec: number;
  onProgress(elapsedMs: number): void;
}

/** Many clients, each with a connection of its own, as far as one process may have open files. */
const burstLimits = { connectionCount: 512, maxInFlightCount: 20_000 } as const;

/** A fresh program, warmed up, and the three stretches in one load. One that dies of it is a failure, no error. */
export async function overload(subject: Subject, request: OverloadRequest): Promise<Overload | FailedOverload> {
  const { plan, closedLoopPerSec, onProgress } = request;
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
  try {
    return overloadOf(await observeRun(subject, loadPlan, { onProgress }), plan);
  } catch (error) {
    if (error instanceof TrialFailure) return { status: 'failed', reason: error.message };
    throw error;
  }
}
