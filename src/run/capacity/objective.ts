import { assessGenerator } from '../../model/generator-assessment.ts';
import type { Latency, LoadResult, MeasuredLoad } from '../../model/load-result.ts';
import type { Trial } from '../../model/trial.ts';
import { trialLimits } from '../trial/classify-trial.ts';
import { assessLoad, type LoadAssessment } from '../trial/load-assessment.ts';
import type { RateStep } from './search.ts';

/** What a rate must keep to count as sustained: a quantile of the response, counted from the due time. */
export interface Objective {
  readonly quantile: 'p50' | 'p90' | 'p99' | 'p999';
  readonly limitMs: number;
}

const keyOf = { p50: 'p50Ms', p90: 'p90Ms', p99: 'p99Ms', p999: 'p999Ms' } as const satisfies Record<
  Objective['quantile'],
  keyof Latency
>;

/** So many requests carry the quantile (docs/explanation/method.md), and a few more. */
const minRequestCount = { p50: 100, p90: 200, p99: 1_100, p999: 11_000 } as const;

/** How long a step at a rate must last for its quantile to be known; at least `minMs`. */
export function stepDurationMs({ quantile }: Objective, ratePerSec: number, minMs: number): number {
  return Math.max(minMs, Math.ceil((1000 * minRequestCount[quantile]) / ratePerSec));
}

const maxStepMs = 60_000;

/** The lowest rate whose step lasts no longer than a minute, or than `minMs` where that is more. */
export function minRatePerSec({ quantile }: Objective, minMs: number): number {
  return (1000 * minRequestCount[quantile]) / Math.max(minMs, maxStepMs);
}

/** A whole trial as a step: trouble of the generator or of the machine is `unknown`. */
export function stepOfTrial(trial: Trial, objective: Objective): RateStep {
  const { ratePerSec } = trial.spec.loadPlan;
  if (trial.status === 'failed') {
    const status = trial.code === 'generator-died' || trial.code === 'database-lost' ? 'unknown' : 'failed';
    return { ratePerSec, status, reason: trial.message };
  }
  if (trial.status === 'invalid') return { ratePerSec, status: 'unknown', reason: messages(trial.reasons) };
  const { load, cpu } = trial.measurement;
  if (load === null) return { ratePerSec, status: 'unknown', reason: 'nothing was sent' };
  if (trial.status === 'overloaded')
    return missedStep(ratePerSec, messages(trial.reasons), assessLoad(load, cpu.generator?.coresUsed));
  return stepByQuantile(objective, ratePerSec, load, trial.latencyDiscarded);
}

/** A load of the generator alone as a step. */
export function stepOfLoad(load: LoadResult, ratePerSec: number, objective: Objective): RateStep {
  const verdict = assessGenerator(load);
  if (verdict.status === 'invalid' && verdict.voids === 'everything')
    return { ratePerSec, status: 'unknown', reason: messages(verdict.reasons) };
  const { scheduledCount, okCount } = load.counts;
  const lostCount = scheduledCount - okCount;
  if (lostCount > trialLimits.lostRatio * scheduledCount)
    return missedStep(ratePerSec, `${lostCount} of ${scheduledCount} requests without a right answer`, verdict);
  return stepByQuantile(objective, ratePerSec, load, verdict.status === 'invalid');
}

/**
 * A generator that is itself late reads answers late, and then its connections look busy: what was missed while it is in doubt
 * is no proof against the target.
 */
function missedStep(ratePerSec: number, reason: string, verdict: LoadAssessment): RateStep {
  if (verdict.status === 'valid') return { ratePerSec, status: 'failed', reason };
  return { ratePerSec, status: 'unknown', reason: `${reason}; but ${messages(verdict.reasons)}` };
}

/** Within the limit it counts even by a late generator, which can only have made it worse. */
function stepByQuantile(
  { quantile, limitMs }: Objective,
  ratePerSec: number,
  load: MeasuredLoad,
  isLatencyDiscarded: boolean,
): RateStep {
  const valueMs = load.responseTime[keyOf[quantile]];
  if (valueMs === null) return { ratePerSec, status: 'unknown', reason: `too few requests for ${quantile}` };
  const reason = `${quantile} ${Number(valueMs.toPrecision(3))} ms`;
  if (valueMs <= limitMs) return { ratePerSec, status: 'sustained', reason };
  if (isLatencyDiscarded)
    return { ratePerSec, status: 'unknown', reason: `${reason}, but the generator itself was late` };
  return { ratePerSec, status: 'failed', reason };
}

function messages(reasons: readonly { readonly message: string }[]): string {
  return reasons.map(({ message }) => message).join('; ');
}
