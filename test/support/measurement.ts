import type { Latency, LoadResult } from '../../src/model/load-result.ts';
import type { Measurement, ProcessSample, RoleCpu } from '../../src/model/trial.ts';
import { normalQuantile } from '../../src/stats/distributions.ts';
import { createHistogram, record, summarize } from '../../src/stats/histogram.ts';

/** The numbers of a synthetic measurement; the rest follows from them. */
export interface MeasurementShape {
  readonly ratePerSec: number;
  readonly measureMs: number;
  readonly cpuPerRequestMs: number;
  readonly generatorCpuPerRequestMs: number;
  readonly databaseCpuPerRequestMs: number;
  readonly responseP50Ms: number;
  /** Standard deviation of the logarithm of the response times. */
  readonly responseSpread: number;
  readonly lagP50Ms: number;
  readonly idleMib: number;
  readonly loadedMib: number;
  readonly startupMs: number;
  readonly steady: boolean | null;
}

const usual: MeasurementShape = {
  ratePerSec: 100,
  measureMs: 10_000,
  cpuPerRequestMs: 0.5,
  generatorCpuPerRequestMs: 0.1,
  databaseCpuPerRequestMs: 0.3,
  responseP50Ms: 2,
  responseSpread: 0.3,
  lagP50Ms: 0.08,
  idleMib: 30,
  loadedMib: 40,
  startupMs: 300,
  steady: true,
};

/** A log-normal distribution laid out evenly: record i is its quantile (i + ½) / count. */
function latency(count: number, p50Ms: number, spread: number): Latency {
  const histogram = createHistogram();
  for (let index = 0; index < count; index++) {
    record(histogram, p50Ms * 1e6 * Math.exp(spread * normalQuantile((index + 0.5) / count)));
  }
  return summarize(histogram);
}

export function measurement(shape: Partial<MeasurementShape>): Measurement {
  const known = Object.entries(shape).filter(([, value]) => value !== undefined);
  const s: MeasurementShape = { ...usual, ...Object.fromEntries(known) };
  const requestCount = Math.round((s.ratePerSec * s.measureMs) / 1000);
  return {
    load: load(s, requestCount),
    cluster: null,
    windowMs: s.measureMs,
    cpu: {
      target: roleCpu(s.cpuPerRequestMs * requestCount, s.measureMs, requestCount),
      generator: roleCpu(s.generatorCpuPerRequestMs * requestCount, s.measureMs, requestCount),
      database: roleCpu(s.databaseCpuPerRequestMs * requestCount, s.measureMs, requestCount),
    },
    idleCpuMsPerSec: 1.5,
    deferredCpuMs: 20,
    memory: {
      idleBytes: s.idleMib * 2 ** 20,
      medianBytes: s.loadedMib * 2 ** 20,
      peakBytes: s.loadedMib * 1.15 * 2 ** 20,
      afterDrainBytes: s.loadedMib * 0.98 * 2 ** 20,
      rssMedianBytes: s.loadedMib * 1.8 * 2 ** 20,
      peakIncludingFileBytes: null,
      anonHugePagesBytes: 0,
      growth: null,
    },
    processCount: 1,
    threadCount: 9,
    counters: null,
    startupMs: s.startupMs,
    stopMs: 40,
    warmupConverged: s.steady,
    warmupSentCount: 1_000,
    noise: {
      targetRunDelayRatio: 0.03,
      generatorRunDelayRatio: 0.01,
      psiCpuSomeMs: 220,
      psiIoFullMs: 0,
      stealRatio: 0.001,
      slowdownFactor: 1.01,
      otherProcessesCpuRatio: 0.02,
    },
    probe: { cpu: 'cgroup v2', memory: 'cgroup v2', sampleIntervalMs: 1_000, samplingCoresUsed: 0.002 },
    samples: samples(s),
  };
}

function roleCpu(totalMs: number, windowMs: number, requestCount: number): RoleCpu {
  return {
    userMs: totalMs * 0.8,
    systemMs: totalMs * 0.2,
    totalMs,
    coresUsed: totalMs / windowMs,
    perRequestMs: requestCount > 0 ? totalMs / requestCount : null,
  };
}

function load(s: MeasurementShape, requestCount: number): LoadResult {
  const counts = {
    scheduledCount: requestCount,
    sentCount: requestCount,
    okCount: requestCount,
    wrongCount: 0,
    failedCount: 0,
    refusedCount: 0,
    timedOutCount: 0,
    inFlightCount: 0,
    unsentCount: 0,
  };
  const response = latency(requestCount, s.responseP50Ms, s.responseSpread);
  const service = latency(requestCount, Math.max(0.05, s.responseP50Ms - s.lagP50Ms), s.responseSpread);
  const generatorDelay = latency(requestCount, s.lagP50Ms, 0.8);
  return {
    startedAtNs: 0,
    endedAtNs: s.measureMs * 1e6,
    counts,
    responseTime: response,
    serviceTime: service,
    sendDelay: generatorDelay,
    generatorDelay,
    connectionWait: latency(requestCount, 0.001, 0.1),
    operations: { 'read file': { counts, responseTime: response, serviceTime: service } },
    eventLatencies: {},
    seconds: Array.from({ length: Math.floor(s.measureMs / 1000) }, (_, second) => ({
      second,
      scheduledCount: s.ratePerSec,
      okCount: s.ratePerSec,
      notOkCount: 0,
      responseP50Ms: s.responseP50Ms * (1 + 0.05 * Math.sin(second * 1.7)),
      responseMaxMs: s.responseP50Ms * 4,
    })),
    errors: [],
    outages: [],
    acknowledged: { createdCount: 10, deletedCount: 5, uncertainCount: 0 },
    generator: {
      engine: 'paceline',
      loop: 'native',
      threadCount: 1,
      wakeupCount: 2_000,
      niceness: -10,
      cpuUserMs: 0.08 * requestCount,
      cpuSystemMs: 0.02 * requestCount,
      eventLoopUtilizationRatio: 0.04,
      gcMs: 3,
      sendGapCv: 0.02,
      rssBytes: 90 * 2 ** 20,
      connectionsOpenedCount: 8,
      staleRetryCount: 0,
    },
  };
}

/** One sample a second of the target, with a slow wave in CPU and a memory that searchesSize to its level. */
function samples(s: MeasurementShape): ProcessSample[] {
  const cpuMsPerSec = s.cpuPerRequestMs * s.ratePerSec;
  return Array.from({ length: Math.floor(s.measureMs / 1000) + 1 }, (_, second) => ({
    atMs: second * 1000,
    role: 'target' as const,
    processCount: 1,
    threadCount: 9,
    cpuUserMs: 0.8 * cpuMsPerSec * (second + 0.08 * Math.sin(second)),
    cpuSystemMs: 0.2 * cpuMsPerSec * second,
    anonBytes: (s.loadedMib - (s.loadedMib - s.idleMib) * Math.exp(-second)) * 2 ** 20,
    rssBytes: s.loadedMib * 1.8 * 2 ** 20,
    runDelayMs: second,
  }));
}
