import type { Latency, LoadResult } from '../../src/model/load-result.ts';

/** A latency summary with the given quantiles and no recorded values. */
export function latency(p50Ms: number | null, change: Partial<Latency> = {}): Latency {
  return {
    count: 1000,
    minMs: p50Ms,
    meanMs: p50Ms,
    p50Ms,
    p90Ms: p50Ms,
    p99Ms: p50Ms,
    p999Ms: null,
    maxMs: p50Ms,
    hdrHistogram: '',
    ...change,
  };
}

/** A quiet, faultless load of 1,000 requests in a second. */
export function loadResult(change: Partial<LoadResult> = {}): LoadResult {
  return {
    startedAtNs: 0,
    endedAtNs: 1e9,
    counts: {
      scheduledCount: 1000,
      sentCount: 1000,
      okCount: 1000,
      wrongCount: 0,
      failedCount: 0,
      refusedCount: 0,
      timedOutCount: 0,
      inFlightCount: 0,
      unsentCount: 0,
    },
    responseTime: latency(2),
    serviceTime: latency(1.9),
    sendDelay: latency(0.1),
    generatorDelay: latency(0.1),
    connectionWait: latency(0),
    operations: {},
    eventLatencies: {},
    seconds: [],
    errors: [],
    outages: [],
    acknowledged: { createdCount: 10, deletedCount: 4, uncertainCount: 0 },
    generator: {
      engine: 'paceline',
      loop: 'native',
      threadCount: 1,
      wakeupCount: 2_000,
      niceness: 0,
      cpuUserMs: 20,
      cpuSystemMs: 10,
      eventLoopUtilizationRatio: 0.1,
      gcMs: 0,
      sendGapCv: 0.1,
      rssBytes: 5e7,
      connectionsOpenedCount: 4,
      staleRetryCount: 0,
    },
    ...change,
  };
}
