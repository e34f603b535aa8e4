import { z } from 'zod';

/** When something began or ended, as `Date.toISOString` writes it. */
export const instant = z.iso.datetime({
  offset: true,
  error: 'it must be a date and time, as 2026-01-31T12:00:00.000Z',
});

const count = z.int().nonnegative();
const ms = z.number().nonnegative();

/** scheduled = ok + wrong + failed + refused + timedOut + inFlight + unsent, asserted by the generator in every run. */
const loadCountsSchema = z.strictObject({
  scheduledCount: count,
  sentCount: count,
  okCount: count,
  /** An answer came, but not the right one. */
  wrongCount: count,
  /** No answer: refused, reset, closed, garbage. */
  failedCount: count,
  /** Answered that it could not be done now (no leader, outcome unknown), as the contract allows. */
  refusedCount: count,
  timedOutCount: count,
  /** Still alive when the drain ended: recorded as at least their age. */
  inFlightCount: count,
  /** Due, but not sent: in-flight bound reached or no free slot. */
  unsentCount: count,
});

/** A latency distribution. Quantiles that too few requests carry are null (p99 needs 1,000, p99.9 needs 10,000). */
const latencySchema = z.strictObject({
  count,
  minMs: ms.nullable(),
  meanMs: ms.nullable(),
  p50Ms: ms.nullable(),
  p90Ms: ms.nullable(),
  p99Ms: ms.nullable(),
  p999Ms: ms.nullable(),
  maxMs: ms.nullable(),
  /** HdrHistogram V2, compressed, base64; recorded in microseconds. */
  hdrHistogram: z.string(),
});

const operationResultSchema = z.strictObject({
  counts: loadCountsSchema,
  responseTime: latencySchema,
  serviceTime: latencySchema,
});

/** What one second of the measured window looked like; requests are counted in the second they were due. */
const loadSecondSchema = z.strictObject({
  second: count,
  scheduledCount: count,
  okCount: count,
  /** wrong + failed + refused + timed out + unsent */
  notOkCount: count,
  responseP50Ms: ms.nullable(),
  responseMaxMs: ms.nullable(),
});

/**
 * A stretch in which nobody was served: from the due time of the first request that was not served until the first answer to
 * one due later. What a client that repeats its request would have waited at most.
 */
const outageSchema = z.strictObject({
  /** Since the window's first due time. */
  startedAtMs: ms,
  durationMs: ms,
  unservedCount: count,
});

/** What paceline's own generator spent. */
const generatorUsageSchema = z.strictObject({
  engine: z.literal('paceline'),
  /**
   * What sent the requests: a loop on the kernel itself, or one over Node's own sockets. former-native: the one on the kernel before
   * result format 5, which took the time of an answer when it read it. former: the one before format 4, over Node's sockets with a
   * second thread. What two of them measured is not comparable.
   */
  loop: z.enum(['native', 'portable', 'former', 'former-native']),
  threadCount: z.int().positive(),
  /** How often the loop slept and was woken, in the window and its drain; null: not recorded. */
  wakeupCount: count.nullable(),
  niceness: z.int(),
  cpuUserMs: ms,
  cpuSystemMs: ms,
  /** Without the time in which the loop slept. */
  eventLoopUtilizationRatio: z.number().min(0).max(1),
  gcMs: ms,
  /** Coefficient of variation of the gaps between sends: 0 is perfectly even, 1 is Poisson; null below 3 sends. */
  sendGapCv: z.number().nonnegative().nullable(),
  rssBytes: z.number().nonnegative(),
  /** Since the generator started, warm-up included. */
  connectionsOpenedCount: count,
  /** Sent again on another connection because the target had closed the idle one before the first byte. */
  staleRetryCount: count,
});

/** k6 as the generator, in one instance or several. What the two engines measured is not comparable. */
const k6UsageSchema = z.strictObject({
  engine: z.literal('k6'),
  /** Its version; null: its summaries do not say it. */
  version: z.string().nullable(),
  instanceCount: z.int().positive(),
  /** Each sends one request at a time; what is due while none is free is dropped, and counted as unsent. */
  virtualUserCount: z.int().positive(),
  /** SHA-256 of the script. */
  scriptHash: z.string(),
  niceness: z.int().nullable(),
  /** A latency of several instances comes from counters that grow by this ratio, and is known to it; null: it is exact. */
  counterRatio: z.number().nullable(),
  /** When each instance started after the first, by its own clock; null: it sent nothing. */
  startSkewMs: z.array(z.number().nullable()),
});

const loadFields = {
  /** CLOCK_MONOTONIC of the first due time, and when the measured window closed; nanoseconds. Of an imported load, from its first due time. */
  startedAtNs: z.number(),
  endedAtNs: z.number(),
  counts: loadCountsSchema,
  /** done − due of right answers; of requests timed out or in flight at the end, at least their age. The headline. */
  responseTime: latencySchema,
  /** done − sent, of the same requests where they were sent. */
  serviceTime: latencySchema,
  /** sent − due = generatorDelay + connectionWait. */
  sendDelay: latencySchema,
  /** The part of the send delay in which the generator was not awake. */
  generatorDelay: latencySchema,
  /** The part of the send delay spent waiting for a free connection. */
  connectionWait: latencySchema,
  operations: z.record(z.string(), operationResultSchema),
  /** Latencies completed by an event of a stream (202 accepted → its event), by name. */
  eventLatencies: z.record(z.string(), latencySchema),
  seconds: z.array(loadSecondSchema),
  /** Empty where every request was served. */
  outages: z.array(outageSchema),
  /** The most frequent reasons of wrong and failed requests. */
  errors: z.array(z.strictObject({ reason: z.string(), count })),
  acknowledged: z.strictObject({ createdCount: count, deletedCount: count, uncertainCount: count }),
};

export const loadResultSchema = z.strictObject({ ...loadFields, generator: generatorUsageSchema });

/** A load by either engine. */
export const measuredLoadSchema = z.strictObject({
  ...loadFields,
  generator: z.discriminatedUnion('engine', [generatorUsageSchema, k6UsageSchema]),
});

export type LoadCounts = z.infer<typeof loadCountsSchema>;
export type Latency = z.infer<typeof latencySchema>;
export type Outage = z.infer<typeof outageSchema>;
export type LoadSecond = z.infer<typeof loadSecondSchema>;
export type GeneratorUsage = z.infer<typeof generatorUsageSchema>;
export type K6Usage = z.infer<typeof k6UsageSchema>;
/** By paceline's own generator. */
export type LoadResult = z.infer<typeof loadResultSchema>;
export type MeasuredLoad = z.infer<typeof measuredLoadSchema>;

export function isOwnLoad(load: MeasuredLoad): load is LoadResult {
  return load.generator.engine === 'paceline';
}
