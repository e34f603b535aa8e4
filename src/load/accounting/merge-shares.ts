import type { Latency, LoadResult, LoadSecond } from '../../model/load-result.ts';
import {
  createHistogram,
  decode,
  encode,
  type Histogram,
  merge,
  percentileMs,
  summarize,
} from '../../stats/histogram.ts';
import type { MeasuredShare } from '../load-session.ts';
import { addCounts } from './counts.ts';

const shownReasonCount = 10;

/**
 * The result of one load that several threads sent together. Exact: histograms are added bucket by bucket and counts summed.
 * The evenness of the whole cannot be had from the parts: it is that of the least even thread. CPU is the process's anyway.
 */
export function mergeShares(shares: readonly MeasuredShare[]): MeasuredShare {
  const results = shares.map(({ result }) => result);
  const [first] = results;
  if (first === undefined) throw new RangeError('nothing to merge');
  const latency = (key: 'responseTime' | 'serviceTime' | 'sendDelay' | 'generatorDelay' | 'connectionWait') =>
    mergeLatencies(results.map((r) => r[key]));
  const secondHistograms = mergeSecondHistograms(shares);
  const result: LoadResult = {
    startedAtNs: first.startedAtNs,
    endedAtNs: maxOf(results.map(({ endedAtNs }) => endedAtNs)),
    counts: addCounts(results.map(({ counts }) => counts)),
    responseTime: latency('responseTime'),
    serviceTime: latency('serviceTime'),
    sendDelay: latency('sendDelay'),
    generatorDelay: latency('generatorDelay'),
    connectionWait: latency('connectionWait'),
    operations: byName(
      results.map(({ operations }) => operations),
      (parts) => ({
        counts: addCounts(parts.map(({ counts }) => counts)),
        responseTime: mergeLatencies(parts.map(({ responseTime }) => responseTime)),
        serviceTime: mergeLatencies(parts.map(({ serviceTime }) => serviceTime)),
      }),
    ),
    eventLatencies: byName(
      results.map(({ eventLatencies }) => eventLatencies),
      mergeLatencies,
    ),
    seconds: mergeSeconds(
      results.map(({ seconds }) => seconds),
      secondHistograms,
    ),
    errors: mergeErrors(results),
    // A stretch without service is one of all threads together; workloads that look for any are sent by one thread.
    outages: [],
    acknowledged: sumsOf(
      results.map(({ acknowledged }) => acknowledged),
      ['createdCount', 'deletedCount', 'uncertainCount'],
    ),
    generator: mergeGenerators(results),
  };
  return { result, secondHistograms };
}

function mergeGenerators(results: readonly LoadResult[]): LoadResult['generator'] {
  const parts = results.map(({ generator }) => generator);
  const [first] = parts as [LoadResult['generator']];
  const uneven = parts.map(({ sendGapCv }) => sendGapCv).filter((ratio) => ratio !== null);
  return {
    ...first,
    threadCount: parts.length,
    // Each thread reads the clock of the whole process.
    ...maxesOf(parts, ['cpuUserMs', 'cpuSystemMs', 'eventLoopUtilizationRatio', 'rssBytes']),
    ...sumsOf(parts, ['wakeupCount', 'gcMs', 'connectionsOpenedCount', 'staleRetryCount']),
    sendGapCv: uneven.length === 0 ? null : maxOf(uneven),
  };
}

type Numbers<Name extends string> = Readonly<Record<Name, number | null>>;

function sumsOf<Name extends string>(parts: readonly Numbers<Name>[], names: readonly Name[]): Record<Name, number> {
  return foldsOf(parts, names, sum);
}

function maxesOf<Name extends string>(parts: readonly Numbers<Name>[], names: readonly Name[]): Record<Name, number> {
  return foldsOf(parts, names, maxOf);
}

function foldsOf<Name extends string>(
  parts: readonly Numbers<Name>[],
  names: readonly Name[],
  fold: (values: readonly number[]) => number,
): Record<Name, number> {
  const entries = names.map((name) => [name, fold(parts.map((part) => part[name] ?? 0))]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

function mergeLatencies(parts: readonly Latency[]): Latency {
  return summarize(mergeEncoded(parts.map(({ hdrHistogram }) => hdrHistogram)));
}

function mergeEncoded(encoded: readonly string[]): Histogram {
  const merged = createHistogram();
  for (const text of encoded) if (text !== '') merge(merged, decode(text));
  return merged;
}

function mergeSecondHistograms(shares: readonly MeasuredShare[]): string[] {
  const secondCount = maxOf(shares.map(({ secondHistograms }) => secondHistograms.length));
  return Array.from({ length: secondCount }, (_, second) =>
    encode(mergeEncoded(shares.map(({ secondHistograms }) => secondHistograms[second] ?? ''))),
  );
}

function mergeSeconds(parts: readonly (readonly LoadSecond[])[], histograms: readonly string[]): LoadSecond[] {
  return Array.from({ length: maxOf(parts.map(({ length }) => length)) }, (_, second) => {
    const same = parts.map((part) => part[second]).filter((part) => part !== undefined);
    const response = mergeEncoded([histograms[second] ?? '']);
    return {
      second,
      scheduledCount: sum(same.map(({ scheduledCount }) => scheduledCount)),
      okCount: sum(same.map(({ okCount }) => okCount)),
      notOkCount: sum(same.map(({ notOkCount }) => notOkCount)),
      responseP50Ms: percentileMs(response, 50),
      responseMaxMs: percentileMs(response, 100),
    };
  });
}

function mergeErrors(results: readonly LoadResult[]): LoadResult['errors'] {
  const byReason = Map.groupBy(
    results.flatMap(({ errors }) => errors),
    ({ reason }) => reason,
  );
  return [...byReason]
    .map(([reason, same]) => ({ reason, count: sum(same.map(({ count }) => count)) }))
    .sort((a, b) => b.count - a.count)
    .slice(0, shownReasonCount);
}

function byName<T>(parts: readonly Readonly<Record<string, T>>[], join: (same: T[]) => T): Record<string, T> {
  const names = new Set(parts.flatMap(Object.keys));
  return Object.fromEntries(
    [...names].map((name) => [name, join(parts.map((part) => part[name]).filter((part) => part !== undefined))]),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function maxOf(values: readonly number[]): number {
  return Math.max(0, ...values);
}
