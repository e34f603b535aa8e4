import { type GeneratorVerdict, judgeGenerator } from '../model/generator-verdict.ts';
import type { Latency, LoadResult } from '../model/load-result.ts';
import type { Trial } from '../model/trial.ts';
import type { Probe } from './capacity-search.ts';
import { limits } from './judge.ts';

/** What a rate must keep to count as held: a quantile of the response, counted from the due time. */
export interface Objective {
  readonly quantile: 'p50' | 'p90' | 'p99' | 'p999';
  readonly limitMs: number;
}

const keyOf = { p50: 'p50Ms', p90: 'p90Ms', p99: 'p99Ms', p999: 'p999Ms' } as const satisfies Record<
  Objective['quantile'],
  keyof Latency
>;

/** So many requests carry the quantile (method, section 6), and a few more. */
const leastCount = { p50: 100, p90: 200, p99: 1_100, p999: 11_000 } as const;

/** How long a probe at a rate must last for its quantile to be told; at least `leastMs`. */
export function probeLengthMs({ quantile }: Objective, ratePerSec: number, leastMs: number): number {
  return Math.max(leastMs, Math.ceil((1000 * leastCount[quantile]) / ratePerSec));
}

const longestProbeMs = 60_000;

/** The lowest rate whose probe lasts no longer than a minute, or than `leastMs` where that is more. */
export function leastRatePerSec({ quantile }: Objective, leastMs: number): number {
  return (1000 * leastCount[quantile]) / Math.max(leastMs, longestProbeMs);
}

/** A whole trial as a probe: trouble of the generator or of the machine is `unknown`. */
export function probeOfTrial(trial: Trial, objective: Objective): Probe {
  const { ratePerSec } = trial.spec.profile;
  if (trial.status === 'failed') {
    const status = trial.code === 'generator-died' || trial.code === 'database-lost' ? 'unknown' : 'failed';
    return { ratePerSec, status, reason: trial.message };
  }
  if (trial.status === 'invalid') return { ratePerSec, status: 'unknown', reason: messages(trial.reasons) };
  const { load, cpu } = trial.measurement;
  if (load === null) return { ratePerSec, status: 'unknown', reason: 'nothing was sent' };
  if (trial.status === 'overloaded')
    return missed(ratePerSec, messages(trial.reasons), judgeGenerator(load, cpu.generator?.coresUsed));
  return heldTo(objective, ratePerSec, load, trial.latencyVoid);
}

/** A load of the driver alone as a probe. */
export function probeOfLoad(load: LoadResult, ratePerSec: number, objective: Objective): Probe {
  const verdict = judgeGenerator(load);
  if (verdict.status === 'invalid' && verdict.voids === 'everything')
    return { ratePerSec, status: 'unknown', reason: messages(verdict.reasons) };
  const { scheduledCount, okCount } = load.counts;
  const lostCount = scheduledCount - okCount;
  if (lostCount > limits.lostRatio * scheduledCount)
    return missed(ratePerSec, `${lostCount} of ${scheduledCount} requests without a right answer`, verdict);
  return heldTo(objective, ratePerSec, load, verdict.status === 'invalid');
}

/**
 * A generator that is itself late reads answers late, and then its connections look busy: what was missed while it doubts itself
 * is no proof against the target.
 */
function missed(ratePerSec: number, reason: string, verdict: GeneratorVerdict): Probe {
  if (verdict.status === 'valid') return { ratePerSec, status: 'failed', reason };
  return { ratePerSec, status: 'unknown', reason: `${reason}; but ${messages(verdict.reasons)}` };
}

/** Within the limit it holds even by a late generator, which can only have made it worse. */
function heldTo({ quantile, limitMs }: Objective, ratePerSec: number, load: LoadResult, isLatencyVoid: boolean): Probe {
  const valueMs = load.response[keyOf[quantile]];
  if (valueMs === null) return { ratePerSec, status: 'unknown', reason: `too few requests for ${quantile}` };
  const reason = `${quantile} ${Number(valueMs.toPrecision(3))} ms`;
  if (valueMs <= limitMs) return { ratePerSec, status: 'held', reason };
  if (isLatencyVoid) return { ratePerSec, status: 'unknown', reason: `${reason}, but the generator itself was late` };
  return { ratePerSec, status: 'failed', reason };
}

function messages(reasons: readonly { readonly message: string }[]): string {
  return reasons.map(({ message }) => message).join('; ');
}
