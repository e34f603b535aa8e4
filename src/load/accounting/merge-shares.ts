import type { GeneratorUsage, Latency, LoadResult, LoadSecond } from '../../model/load-result.ts';
import {
  createHistogram,
  decode,
  encode,
  type Histogram,
  merge,
  percentileMs,
  summarize,
} from '../../stats/histogram.ts';
import type { MeasuredShare } from '../messages.ts';
import { shownReasonCount } from './counts.ts';

/**
 * The result of one load that several threads sent together. Exact: histograms are added bucket by bucket and counts summed.
 * The evenness of the whole cannot be had from the parts: it is that of the least even thread. CPU is the process's anyway.
 */
export function mergeShares(shares: readonly MeasuredShare[]): MeasuredShare {
  const results = shares.map(({ result }) => result);
  const histograms = mergeSecondHistograms(shares);
  const result = {
    ...sumOf(results.map(({ seconds, errors, outages, generator, ...summed }) => summed)),
    startedAtNs: Math.min(...results.map(({ startedAtNs }) => startedAtNs)),
    endedAtNs: Math.max(...results.map(({ endedAtNs }) => endedAtNs)),
    seconds: histograms.map((response, second) => mergeSecond(results, second, response)),
    errors: mergeErrors(results),
    // A stretch without service is one of all threads together; workloads that look for any are sent by one thread.
    outages: [],
    generator: mergeGenerators(results.map(({ generator }) => generator)),
  };
  return { result, secondHistograms: histograms.map(encode) };
}

/** Adds up place by place, over all names that occur: numbers are summed, distributions merged. */
function sumOf<T>(parts: readonly T[]): T {
  const [first] = parts;
  if (typeof first === 'number') return (parts as readonly number[]).reduce((total, value) => total + value, 0) as T;
  if (isLatency(first))
    return summarize(mergeEncoded((parts as readonly Latency[]).map(({ hdrHistogram }) => hdrHistogram))) as T;
  const records = parts as readonly Readonly<Record<string, unknown>>[];
  const names = [...new Set(records.flatMap(Object.keys))];
  return Object.fromEntries(names.map((name) => [name, sumOf(records.flatMap((part) => part[name] ?? []))])) as T;
}

function isLatency(value: unknown): value is Latency {
  return typeof value === 'object' && value !== null && 'hdrHistogram' in value;
}

function mergeEncoded(encoded: readonly string[]): Histogram {
  const merged = createHistogram();
  for (const text of encoded) if (text !== '') merge(merged, decode(text));
  return merged;
}

function mergeSecondHistograms(shares: readonly MeasuredShare[]): Histogram[] {
  const secondCount = Math.max(...shares.map(({ result }) => result.seconds.length));
  return Array.from({ length: secondCount }, (_, second) =>
    mergeEncoded(shares.map(({ secondHistograms }) => secondHistograms[second] ?? '')),
  );
}

function mergeSecond(results: readonly LoadResult[], second: number, response: Histogram): LoadSecond {
  const parts = results.flatMap(({ seconds }) => seconds[second] ?? []);
  const counts = sumOf(
    parts.map(({ scheduledCount, okCount, notOkCount }) => ({ scheduledCount, okCount, notOkCount })),
  );
  return {
    ...{ second, ...counts },
    responseP50Ms: percentileMs(response, 50),
    responseMaxMs: percentileMs(response, 100),
  };
}

function mergeGenerators(parts: readonly GeneratorUsage[]): GeneratorUsage {
  const [first] = parts as [GeneratorUsage];
  const valuesOf = (name: keyof GeneratorUsage) => parts.map((part) => Number(part[name] ?? 0));
  const most = (name: keyof GeneratorUsage) => Math.max(...valuesOf(name));
  const total = (name: keyof GeneratorUsage) => sumOf(valuesOf(name));
  return {
    ...first,
    threadCount: parts.length,
    // Each thread reads the clock of the whole process.
    ...{ cpuUserMs: most('cpuUserMs'), cpuSystemMs: most('cpuSystemMs'), rssBytes: most('rssBytes') },
    eventLoopUtilizationRatio: most('eventLoopUtilizationRatio'),
    ...{ wakeupCount: total('wakeupCount'), gcMs: total('gcMs') },
    ...{ connectionsOpenedCount: total('connectionsOpenedCount'), staleRetryCount: total('staleRetryCount') },
    sendGapCv: parts.every(({ sendGapCv }) => sendGapCv === null) ? null : most('sendGapCv'),
  };
}

function mergeErrors(results: readonly LoadResult[]): LoadResult['errors'] {
  const counts = sumOf(
    results.map(({ errors }) => Object.fromEntries(errors.map(({ reason, count }) => [reason, count]))),
  );
  return Object.entries(counts)
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, shownReasonCount);
}
