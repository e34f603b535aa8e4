import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram as Hdr } from 'hdr-histogram-js';
import { HarnessError } from '../model/harness-error.ts';
import type { Latency } from '../model/load-result.ts';

/** A distribution of durations in whole microseconds, right to 3 significant digits. Opaque: use the functions below. */
export type Histogram = Hdr;

interface PercentilePoint {
  /** In [0, 100]. */
  readonly percentile: number;
  readonly valueMs: number;
}

const microsPerMs = 1000;
/** Where a new histogram's table ends (64 s, in microseconds); it grows for what is longer. */
const initialSpanMicros = 2 ** 26;

/** What the library's histograms do behind their interface. */
interface Table {
  incrementCountAtIndex(index: number): void;
  updateMinAndMax(value: number): void;
  incrementTotalCount(): void;
}

/** Of 3 significant digits: a bucket counts its 1,024 upper values apart; the first one all 2,048. */
const bucketBits = 10;
const subBucketBits = 32 - bucketBits;

export function createHistogram(): Histogram {
  return build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: initialSpanMicros,
    numberOfSignificantValueDigits: 3,
  });
}

/**
 * Records a duration in nanoseconds; what is below zero (two clocks' disagreement) counts as zero. Does what `recordValue` does,
 * but finds the place by the number's leading zeros, not by a logarithm and two powers: six are recorded a request.
 */
export function record(histogram: Histogram, durationNs: number): void {
  const micros = durationNs > 0 ? Math.round(durationNs / 1000) : 0;
  if (micros >= initialSpanMicros) {
    histogram.recordValue(micros);
    return;
  }
  const table = histogram as Hdr & Table;
  const shift = Math.max(0, subBucketBits - (Math.clz32(micros) + 1));
  table.incrementCountAtIndex((shift << bucketBits) + (micros >> shift));
  table.updateMinAndMax(micros);
  table.incrementTotalCount();
}

/** Adds all that `from` holds to `into`, exactly. */
export function merge(into: Histogram, from: Histogram): void {
  into.add(from);
}

/** HdrHistogram V2, compressed, base64: what `Latency.encoded` holds. */
export function encode(histogram: Histogram): string {
  return encodeIntoCompressedBase64(histogram);
}

/** The histogram of `Latency.encoded`. Throws on text that is not one. */
export function decode(encoded: string): Histogram {
  try {
    return decodeFromCompressedBase64(encoded, 32);
  } catch (error) {
    throw new HarnessError(
      'bad-result-file',
      'a latency histogram of the result file is damaged',
      'take the file from its source again, or repeat the run',
      { cause: error },
    );
  }
}

/** The value that `percentile` (0 to 100) of the records do not exceed, in milliseconds; null of an empty histogram. */
export function percentileMs(histogram: Histogram, percentile: number): number | null {
  if (histogram.totalCount === 0) return null;
  // A bucket's upper end may lie above everything recorded.
  return Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue) / microsPerMs;
}

/** The figures of a distribution; a quantile is null below the count that carries it (docs/explanation/method.md). */
export function summarize(histogram: Histogram): Latency {
  const count = histogram.totalCount;
  const quantile = (percentile: number, minCount: number) =>
    count >= minCount ? percentileMs(histogram, percentile) : null;
  return {
    count,
    minMs: percentileMs(histogram, 0),
    meanMs: count > 0 ? histogram.mean / microsPerMs : null,
    p50Ms: quantile(50, 1),
    p90Ms: quantile(90, 100),
    p99Ms: quantile(99, 1_000),
    p999Ms: quantile(99.9, 10_000),
    maxMs: percentileMs(histogram, 100),
    hdrHistogram: encode(histogram),
  };
}

/** A percentile curve: 10 points for each halving of the distance to 100 %, as far as the count carries, then 100 %. */
export function percentileCurve(histogram: Histogram): PercentilePoint[] {
  const count = histogram.totalCount;
  if (count === 0) return [];
  const percentiles: number[] = [];
  for (let tail = 1; tail >= 1 / count; tail /= 2) {
    for (let tick = 0; tick < 10; tick++) percentiles.push(100 - 100 * tail * (1 - tick / 20));
  }
  return [...percentiles, 100].map((percentile) => ({ percentile, valueMs: percentileMs(histogram, percentile) ?? 0 }));
}

/**
 * HdrHistogram's log format (1.3), one tagged line a distribution; its tools read it. Values are recorded in microseconds, the
 * highest one beside each is in milliseconds, as the format's own writer has it.
 */
export function histogramLog(
  latencies: Readonly<Record<string, Latency>>,
  { startedAtMs, durationMs }: { readonly startedAtMs: number; readonly durationMs: number },
): string {
  const lines = Object.entries(latencies).map(([tag, { hdrHistogram, maxMs }]) =>
    [`Tag=${tag}`, '0.000', (durationMs / 1000).toFixed(3), (maxMs ?? 0).toFixed(3), hdrHistogram].join(','),
  );
  return [
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${(startedAtMs / 1000).toFixed(3)} (seconds since epoch)]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...lines,
    '',
  ].join('\n');
}

/** The percentile distribution that HdrHistogram's plotter draws (.hgrm), in milliseconds. */
export function percentileDistribution({ hdrHistogram }: Latency): string {
  return decode(hdrHistogram).outputPercentileDistribution(5, microsPerMs);
}
