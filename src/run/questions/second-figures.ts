import type { MeasuredShare } from '../../load/messages.ts';
import type { LoadResult, LoadSecond } from '../../model/load-result.ts';
import type { ProcessSample } from '../../model/trial.ts';
import { createHistogram, decode, type Histogram, merge, percentileMs } from '../../stats/histogram.ts';

/** A load with the target's CPU beside it, second by second. */
export interface ObservedLoad extends MeasuredShare {
  /** CPU of the target in each second of the window; null where it was not read in time. */
  readonly cpuMs: readonly (number | null)[];
}

/** What one second of the window looked like; requests count in the second in which they were due. */
export interface SecondFigures extends Pick<LoadSecond, 'second' | 'scheduledCount' | 'okCount' | 'responseP50Ms'> {
  readonly responseP95Ms: number | null;
  readonly cpuMs: number | null;
  /** Of the right answers; null where there is none, or CPU is not known. */
  readonly cpuPerRequestMs: number | null;
}

/** A look that came this late belongs to no edge of a second. */
const maxLateMs = 100;

/** The growth between the looks at the edges of each second. */
export function cpuBySecond(samples: readonly ProcessSample[], secondCount: number): (number | null)[] {
  const atEdge = new Map<number, number>();
  for (const { role, atMs, cpuUserMs, cpuSystemMs } of samples) {
    const edge = Math.round(atMs / 1000);
    if (role === 'target' && Math.abs(atMs - 1000 * edge) <= maxLateMs) atEdge.set(edge, cpuUserMs + cpuSystemMs);
  }
  return Array.from({ length: secondCount }, (_, second) => {
    const [opened, closed] = [atEdge.get(second), atEdge.get(second + 1)];
    return opened === undefined || closed === undefined ? null : Math.max(0, closed - opened);
  });
}

export function secondFigures({ result, secondHistograms, cpuMs }: ObservedLoad): SecondFigures[] {
  return result.seconds.map(({ second, scheduledCount, okCount, responseP50Ms }) => {
    const encoded = secondHistograms[second] ?? '';
    const usedMs = cpuMs[second] ?? null;
    return {
      ...{ second, scheduledCount, okCount, responseP50Ms },
      responseP95Ms: encoded === '' ? null : percentileMs(decode(encoded), 95),
      cpuMs: usedMs,
      cpuPerRequestMs: usedMs === null || okCount === 0 ? null : usedMs / okCount,
    };
  });
}

/** From the first due time until the first right answer, to the gap between two requests; null: there is none. */
export function firstRightMs({ outages, counts, seconds }: LoadResult): number | null {
  if (counts.okCount === 0) return null;
  const [first] = outages;
  if (first !== undefined && first.startedAtMs < 1) return first.durationMs;
  return seconds[0]?.responseMaxMs ?? null;
}

export function histogramIn(secondHistograms: readonly string[], second: number): Histogram {
  const encoded = secondHistograms[second];
  return encoded === undefined || encoded === '' ? createHistogram() : decode(encoded);
}

export function pool(histograms: readonly Histogram[]): Histogram {
  const pooled = createHistogram();
  for (const histogram of histograms) merge(pooled, histogram);
  return pooled;
}

/** How many records are within the limit. */
export function countWithin(histogram: Histogram, limitMs: number): number {
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
