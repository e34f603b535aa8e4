import { nowUs } from './clock.ts';

export interface DelayLine<T> {
  /** Hands `item` over `delayUs` after `sentUs` or a little later; items keep their order. */
  push(item: T, sentUs: number): void;
  close(): void;
}

interface Waiting<T> {
  readonly item: T;
  readonly dueUs: number;
}

/**
 * A first-in first-out line of constant delay, never within `push`. A timer of whole milliseconds takes it close to the due time,
 * turns of the event loop the rest of the way.
 */
export function createDelayLine<T>(delayUs: number, deliver: (item: T) => void): DelayLine<T> {
  let waiting: Waiting<T>[] = [];
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;

  function arm(dueUs: number): void {
    const wholeMs = Math.floor((dueUs - nowUs()) / 1000);
    if (wholeMs >= 1) timer = setTimeout(run, wholeMs);
    else immediate = setImmediate(run);
  }

  function run(): void {
    timer = null;
    immediate = null;
    const now = nowUs();
    let count = 0;
    while (count < waiting.length && (waiting[count] as Waiting<T>).dueUs <= now) count += 1;
    const due = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const { item } of due) deliver(item);
    const [next] = waiting;
    if (next !== undefined && timer === null && immediate === null) arm(next.dueUs);
  }

  return {
    push(item, sentUs) {
      waiting.push({ item, dueUs: sentUs + delayUs });
      if (timer === null && immediate === null) arm((waiting[0] as Waiting<T>).dueUs);
    },
    close() {
      waiting = [];
      if (timer !== null) clearTimeout(timer);
      if (immediate !== null) clearImmediate(immediate);
    },
  };
}

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
