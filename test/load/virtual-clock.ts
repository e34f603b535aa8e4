import type { Clock } from '../../src/os/clock.ts';

/** Time that moves only when told to: callbacks run in the order of their times, then of their arming. */
export interface VirtualClock extends Clock {
  /** Runs everything up to and including `timeNs`, letting promises settle in between. */
  runUntil(timeNs: number): Promise<void>;
}

interface Entry {
  readonly timeNs: number;
  readonly order: number;
  readonly callback: () => void;
}

export function createVirtualClock(startNs = 0): VirtualClock {
  let nowNs = startNs;
  let order = 0;
  const heap: Entry[] = [];

  const at = (timeNs: number, callback: () => void) => {
    const entry = { timeNs: Math.max(timeNs, nowNs), order: order++, callback };
    push(heap, entry);
    return { cancel: () => cancelled.add(entry) };
  };
  const cancelled = new WeakSet<Entry>();

  const runUntil = async (timeNs: number) => {
    for (let ran = 0; ; ran++) {
      const next = heap[0];
      if (next === undefined || next.timeNs > timeNs) break;
      pop(heap);
      if (cancelled.has(next)) continue;
      nowNs = next.timeNs;
      next.callback();
      if (ran % 100 === 0) await Promise.resolve();
    }
    nowNs = Math.max(nowNs, timeNs);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { nowNs: () => nowNs, at, runUntil };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.timeNs < b.timeNs || (a.timeNs === b.timeNs && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(entry, above)) break;
    heap[index] = above;
    heap[parent] = entry;
    index = parent;
  }
}

function pop(heap: Entry[]): void {
  const entry = heap.pop();
  if (entry === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const isRightLess = left !== undefined && right !== undefined && isBefore(right, left);
    const least = isRightLess ? right : left;
    if (least === undefined || !isBefore(least, entry)) break;
    heap[index] = least;
    index = 2 * index + (isRightLess ? 2 : 1);
  }
  heap[index] = entry;
}
