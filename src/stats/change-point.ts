import { median, quantile } from './descriptive.ts';
import type { Interval } from './interval.ts';
import { createRandom, type Random, shuffled } from './random.ts';

/** Where a series reaches the level that it keeps. */
export interface Settling {
  /** Index of the first value of the level that lasts; 0: no change could be shown. */
  readonly index: number;
  /** Of the index, 95 %; null where no change could be shown. */
  readonly interval: Interval | null;
  readonly level: number;
}

interface Split {
  readonly index: number;
  /** The part of the sum of squares that two levels explain. */
  readonly gain: number;
}

/** Of the last level: fewer are no level yet. */
const minLastCount = 5;
const resampleCount = 499;
const alpha = 0.05;
/** A smaller change of level is of no account. */
const minChangeRatio = 0.1;
/** A fall in more steps than this is none that settles. */
const maxStepCount = 12;

/**
 * Looks for the change of level that explains most (least squares on logarithms), keeps it where a permutation test shows it, and
 * looks again in what follows: a gradual fall is taken as steps, and the last of them counts. The interval is that of the last
 * step's place when the values of its two levels are drawn again. All draws are seeded. Null of fewer than 6 values.
 */
export function settlingOf(values: readonly number[], seed = 1): Settling | null {
  if (values.length <= minLastCount) return null;
  const random = createRandom(seed);
  const logs = values.map((value) => Math.log(Math.max(value, Number.MIN_VALUE)));
  let index = 0;
  let interval: Interval | null = null;
  for (let steps = 0; steps < maxStepCount; steps++) {
    const rest = logs.slice(index);
    const step = shownSplit(rest, random);
    if (step === null) break;
    const { low, high } = placeInterval(rest, step.index, random);
    interval = { low: index + low, high: index + high };
    index += step.index;
  }
  return { index, interval, level: median(values.slice(index)) ?? 0 };
}

function shownSplit(logs: readonly number[], random: Random): Split | null {
  const split = bestSplit(logs);
  if (split === null) return null;
  const change = meanOf(logs.slice(split.index)) - meanOf(logs.slice(0, split.index));
  if (Math.abs(change) < Math.log1p(minChangeRatio)) return null;
  let asGoodCount = 0;
  for (let count = 0; count < resampleCount; count++)
    if ((bestSplit(shuffled(logs, random.below))?.gain ?? 0) >= split.gain) asGoodCount += 1;
  return (asGoodCount + 1) / (resampleCount + 1) <= alpha ? split : null;
}

function bestSplit(logs: readonly number[]): Split | null {
  const total = logs.reduce((sum, value) => sum + value, 0);
  let before = 0;
  let best: Split | null = null;
  for (let index = 1; index <= logs.length - minLastCount; index++) {
    before += logs[index - 1] as number;
    const after = total - before;
    const gain = before ** 2 / index + after ** 2 / (logs.length - index) - total ** 2 / logs.length;
    if (best === null || gain > best.gain) best = { index, gain };
  }
  return best;
}

function placeInterval(logs: readonly number[], index: number, random: Random): Interval {
  const levels = [logs.slice(0, index), logs.slice(index)];
  const places: number[] = [];
  for (let count = 0; count < resampleCount; count++) {
    const drawn = levels.flatMap((level) => level.map(() => level[random.below(level.length)] as number));
    places.push(bestSplit(drawn)?.index ?? index);
  }
  return {
    low: Math.min(index, quantile(places, 0.025) ?? index),
    high: Math.max(index, quantile(places, 0.975) ?? index),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
