import type { Latency } from '../model/load-result.ts';
import { decode } from './histogram.ts';

const microsPerMs = 1000;

/**
 * HdrHistogram's log format (1.3), one tagged line a distribution; its tools read it. Values are recorded in microseconds, the
 * greatest one beside each is in milliseconds, as the format's own writer has it.
 */
export function histogramLog(
  latencies: Readonly<Record<string, Latency>>,
  { startedAtMs, durationMs }: { readonly startedAtMs: number; readonly durationMs: number },
): string {
  const lines = Object.entries(latencies).map(([tag, { encoded, maxMs }]) =>
    [`Tag=${tag}`, '0.000', (durationMs / 1000).toFixed(3), (maxMs ?? 0).toFixed(3), encoded].join(','),
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
export function percentileDistribution({ encoded }: Latency): string {
  return decode(encoded).outputPercentileDistribution(5, microsPerMs);
}
