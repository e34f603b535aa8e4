/** The one-way delays of the last messages delivered to a node, in microseconds. */
export interface DelayMeter {
  add(delayUs: number): void;
  samples(): number[];
}

/** Delays kept by a whole cluster. */
const keptCount = 4096;

export interface DelaySummary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Keeps this node's equal share of the cluster's samples. */
export function createDelayMeter(clusterSize: number): DelayMeter {
  const size = Math.ceil(keptCount / clusterSize);
  const kept: number[] = [];
  let next = 0;
  return {
    add(delayUs) {
      kept[next] = delayUs;
      next = (next + 1) % size;
    },
    samples: () => [...kept],
  };
}

export function summarizeDelays(samples: readonly number[]): DelaySummary | null {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (fraction: number): number => sorted[Math.ceil(fraction * sorted.length) - 1] ?? 0;
  if (sorted.length === 0) return null;
  return { count: sorted.length, min: sorted[0] ?? 0, p50: at(0.5), p99: at(0.99), max: at(1) };
}
