import type { Latency, MeasuredLoad } from '../model/load-result.ts';
import { createHistogram, summarize } from '../stats/histogram.ts';
import type { MergedLoad } from './merge.ts';
import { boundFactor, boundsMs, type Outcome } from './plan.ts';

interface Circumstances {
  /** null: not known. */
  readonly version: string | null;
  readonly niceness: number | null;
  /** CLOCK_MONOTONIC. */
  readonly startedAtNs: number;
}

/** What all instances counted, as the load of a trial. */
export function measuredLoadOf(load: MergedLoad, { version, niceness, startedAtNs }: Circumstances): MeasuredLoad {
  const { plan, scheduledCount, counts, startSkewMs } = load;
  const counted = countsOf(counts);
  // Whatever k6 says that it dropped: at the end of the window it begins, or drops, one iteration more than was due.
  const unsentCount = Math.max(counts.unsent, scheduledCount - counted.sentCount);
  const sendDelay = latencyOf(load.sendDelay);
  return {
    startedAtNs,
    endedAtNs: startedAtNs + plan.measureMs * 1e6,
    counts: { ...counted, unsentCount, scheduledCount: counted.sentCount + unsentCount },
    responseTime: latencyOf(load.response),
    serviceTime: latencyOf(load.service),
    // A virtual user that is late waits for nobody: what no user is free for is dropped.
    ...{ sendDelay, generatorDelay: sendDelay, connectionWait: summarize(createHistogram()) },
    operations: Object.fromEntries(
      Object.entries(load.operations).map(([name, own]) => [
        name,
        {
          counts: { ...countsOf(own), scheduledCount: sumOf(own) },
          responseTime: summarize(createHistogram()),
          serviceTime: summarize(createHistogram()),
        },
      ]),
    ),
    ...{ eventLatencies: {}, seconds: [], outages: [], errors: [], acknowledged: load.acknowledged },
    generator: {
      engine: 'k6',
      ...{ version, niceness, instanceCount: load.instanceCount, virtualUserCount: plan.virtualUserCount },
      ...{ scriptHash: load.scriptHash, counterRatio: load.instanceCount === 1 ? null : boundFactor },
      startSkewMs: startSkewMs.map(({ skewMs }) => skewMs),
    },
  };
}

function sumOf(counts: Readonly<Record<Outcome, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function countsOf(counts: Readonly<Record<Outcome, number>>) {
  const { ok, wrong, failed, timed_out: timedOutCount, unsent } = counts;
  return {
    ...{ sentCount: ok + wrong + failed + timedOutCount, okCount: ok, wrongCount: wrong, failedCount: failed },
    ...{ refusedCount: 0, timedOutCount, inFlightCount: 0, unsentCount: unsent },
  };
}

/** From the counters; of one instance with the exact figures in their place. */
function latencyOf({ buckets, exact }: MergedLoad['response']): Latency {
  const histogram = createHistogram();
  for (const [place, count] of buckets.entries())
    if (count > 0) histogram.recordValueWithCount(Math.round(middleMs(place) * 1_000), count);
  const counted = summarize(histogram);
  if (exact === null) return counted;
  const where = (known: number | null, key: keyof typeof exact) => (known === null ? null : Math.max(0, exact[key]));
  return {
    ...counted,
    minMs: where(counted.minMs, 'min'),
    meanMs: where(counted.meanMs, 'avg'),
    p50Ms: where(counted.p50Ms, 'p(50)'),
    p90Ms: where(counted.p90Ms, 'p(90)'),
    p99Ms: where(counted.p99Ms, 'p(99)'),
    p999Ms: where(counted.p999Ms, 'p(99.9)'),
    maxMs: where(counted.maxMs, 'max'),
  };
}

/** A time in the middle of a counter, by ratio: at most an eighth from any in it. */
function middleMs(place: number): number {
  const high = boundsMs[place] ?? (boundsMs.at(-1) as number);
  return high / Math.sqrt(boundFactor);
}
