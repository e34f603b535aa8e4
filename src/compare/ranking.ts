import { type Metric, metricValue } from '../model/metric.ts';
import { countedTrials, type Trial } from '../model/trial.ts';
import { type BlockedValue, connectedTreatments } from '../stats/block-design.ts';
import { compactLetters } from '../stats/compact-letters.ts';
import { quantileInterval } from '../stats/interval.ts';
import { pairIntervals } from '../stats/pair-intervals.ts';

/** How many times as much an implementation needs as another, with an interval of the simultaneous set. */
export interface RatioInterval {
  readonly ratio: number;
  readonly lowRatio: number;
  readonly highRatio: number;
}

export interface RankedImplementation {
  readonly implementation: string;
  /** Mean of the logarithms over trials, free of what its rounds were like, as a value. */
  readonly level: number;
  /** Shared with those, and only those, from which it cannot be told apart. */
  readonly letters: string;
  /** To `Ranking.reference`; null: it is the reference. */
  readonly toReference: RatioInterval | null;
}

/** Every implementation of one question by one metric, the least first; all intervals hold together at 95 %. */
export interface Ranking {
  readonly metricId: string;
  /**
   * tukey: all with all; dunnett: each with a chosen one, other pairs by what that implies; medians: by the intervals of medians,
   * each at a level that makes all of them hold together (Bonferroni).
   */
  readonly method: 'tukey' | 'dunnett' | 'medians';
  readonly areSpreadsAlike: boolean;
  /** Of a single trial, beyond what its round explains; null: not by trials. */
  readonly errorDeviation: number | null;
  /** The widest interval reaches so far above its ratio: 0.08 where 1.00 may be 1.08. */
  readonly halfWidthRatio: number;
  readonly reference: string;
  readonly ranked: readonly RankedImplementation[];
  /** Implementations whose trials share no round with those ranked, or have a value of 0, which has no ratio. */
  readonly unranked: readonly string[];
  readonly pairs: readonly (RatioInterval & { readonly of: string; readonly to: string })[];
}

export interface RankingOptions {
  /** Compared with all others, instead of all with all; null: as the number of rows asks. */
  readonly against: string | null;
}

/** Fewer trials of an implementation are shown, never ranked. */
export const minRankedTrialCount = 3;

/** More rows have so many pairs that comparing all of them would cost too much resolution. */
const maxAllPairsCount = 10;

const levelRatio = 0.95;

interface RankedTrial {
  readonly implementation: string;
  readonly round: number;
  readonly value: number;
}

/**
 * Ranks by the trials that count, a round being a block. Null with fewer than two implementations of three trials. Above ten
 * implementations each is compared with one: `against`, else the first by name, which the figures have no say in.
 */
export function rankTrials(trials: readonly Trial[], metric: Metric, { against }: RankingOptions): Ranking | null {
  const measured = measuredTrials(trials, metric);
  const enough = namesOf(measured).filter((name) => trialsNamed(measured, name).length >= minRankedTrialCount);
  const positive = enough.filter((name) => trialsNamed(measured, name).every(({ value }) => value > 0));
  const { kept, values } = connected(measured, positive);
  const unranked = enough.filter((name) => !kept.includes(name));
  const isMany = kept.length > maxAllPairsCount;
  const chosen = against !== null && kept.includes(against) ? against : isMany ? (kept.toSorted()[0] ?? null) : null;
  const baseline = chosen === null ? null : kept.indexOf(chosen);
  const intervals = pairIntervals(values, kept.length, { levelRatio, baseline });
  if (intervals === null) return null;
  const { method, areSpreadsAlike, errorDeviation, between } = intervals;
  const facts = { metricId: metric.id, method, areSpreadsAlike, errorDeviation, unranked };
  return rankingOf(facts, kept, levels(values, kept.length, between), between, chosen);
}

function measuredTrials(trials: readonly Trial[], metric: Metric): RankedTrial[] {
  const byImplementation = Map.groupBy(trials, ({ spec }) => spec.implementation);
  return [...byImplementation].flatMap(([implementation, own]) =>
    countedTrials(own).flatMap((trial) => {
      const value = metricValue(metric, trial);
      return value === null ? [] : [{ implementation, round: trial.spec.repetition, value }];
    }),
  );
}

function namesOf(trials: readonly RankedTrial[]): string[] {
  return [...new Set(trials.map(({ implementation }) => implementation))];
}

function trialsNamed(trials: readonly RankedTrial[], name: string): RankedTrial[] {
  return trials.filter(({ implementation }) => implementation === name);
}

function connected(trials: readonly RankedTrial[], names: readonly string[]) {
  const blocked = (from: readonly string[]): BlockedValue[] =>
    from.flatMap((name, treatment) =>
      trialsNamed(trials, name).map(({ round, value }) => ({ treatment, block: round, value: Math.log(value) })),
    );
  const together = connectedTreatments(blocked(names));
  const kept = names.filter((_, treatment) => together.has(treatment));
  return { kept, values: blocked(kept) };
}

type Between = (
  first: number,
  second: number,
) => { readonly estimate: number; readonly low: number; readonly high: number };

/** The differences set the distances; where they stand is the mean of all values. */
function levels(values: readonly BlockedValue[], count: number, between: Between): number[] {
  const offsets = Array.from({ length: count }, (_, index) => (index === 0 ? 0 : between(0, index).estimate));
  const rest = values.map(({ treatment, value }) => value - (offsets[treatment] ?? 0));
  const middle = rest.reduce((sum, value) => sum + value, 0) / rest.length;
  return offsets.map((offset) => Math.exp(middle + offset));
}

/** Rounding must not make a difference of what is equal. */
const roundingError = 1e-9;

function rankingOf(
  facts: Pick<Ranking, 'metricId' | 'method' | 'areSpreadsAlike' | 'errorDeviation' | 'unranked'>,
  names: readonly string[],
  levelOf: readonly number[],
  between: Between,
  chosen: string | null,
): Ranking {
  const order = names.map((_, index) => index).sort((a, b) => (levelOf[a] ?? 0) - (levelOf[b] ?? 0));
  const nameAt = (index: number) => names[index] ?? '';
  const letters = compactLetters(order.length, (a, b) => isApart(between(order[a] ?? 0, order[b] ?? 0)));
  const reference = chosen ?? nameAt(order[0] ?? 0);
  const place = names.indexOf(reference);
  const pairs = order.flatMap((from, rank) =>
    order.slice(rank + 1).map((to) => ({ of: nameAt(to), to: nameAt(from), ...ratioOf(between(from, to)) })),
  );
  const compared =
    facts.method === 'dunnett'
      ? order.flatMap((index) => (index === place ? [] : [between(place, index)]))
      : order.flatMap((from, rank) => order.slice(rank + 1).map((to) => between(from, to)));
  return {
    ...facts,
    halfWidthRatio: Math.expm1(Math.max(...compared.map(({ low, high }) => (high - low) / 2))),
    reference,
    ranked: order.map((index, rank) => ({
      implementation: nameAt(index),
      level: levelOf[index] ?? 0,
      letters: letters[rank] ?? '',
      toReference: index === place ? null : ratioOf(between(place, index)),
    })),
    pairs,
  };
}

function isApart({ low, high }: { readonly low: number; readonly high: number }): boolean {
  return low > roundingError || high < -roundingError;
}

function ratioOf({ estimate, low, high }: ReturnType<Between>): RatioInterval {
  return { ratio: Math.exp(estimate), lowRatio: Math.exp(low), highRatio: Math.exp(high) };
}

/** Of one implementation to another, whichever is the lesser; null: not both are ranked. */
export function ratioBetween({ pairs }: Ranking, of: string, to: string): RatioInterval | null {
  const direct = pairs.find((pair) => pair.of === of && pair.to === to);
  if (direct !== undefined) return direct;
  const reverse = pairs.find((pair) => pair.of === to && pair.to === of);
  if (reverse === undefined) return null;
  return { ratio: 1 / reverse.ratio, lowRatio: 1 / reverse.highRatio, highRatio: 1 / reverse.lowRatio };
}

/** Whether the interval leaves out a ratio of 1. */
export function areApart({ lowRatio, highRatio }: RatioInterval): boolean {
  return isApart({ low: Math.log(lowRatio), high: Math.log(highRatio) });
}

/** Fewer events do not bound their median at the level that all medians together need. */
const minEventCount = 10;

/**
 * Ranks what happens often within a trial, each event being an experiment of its own (elections), by the intervals of the medians. Null
 * with fewer than two implementations whose median is bounded.
 */
export function rankMedians(events: ReadonlyMap<string, readonly number[]>, metricId: string): Ranking | null {
  const enough = [...events].filter(
    ([, values]) => values.length >= minEventCount && values.every((value) => value > 0),
  );
  const bounded = enough.flatMap(([name, values]) => {
    const interval = quantileInterval(values, 0.5, 1 - (1 - levelRatio) / enough.length);
    if (interval === null || interval.lower === null || interval.upper === null) return [];
    return [{ name, middle: interval.estimate, low: interval.lower, high: interval.upper }];
  });
  if (bounded.length < 2) return null;
  const names = bounded.map(({ name }) => name);
  const between: Between = (first, second) => {
    const [a, b] = [bounded[first] ?? noMedian, bounded[second] ?? noMedian];
    return { estimate: Math.log(b.middle / a.middle), low: Math.log(b.low / a.high), high: Math.log(b.high / a.low) };
  };
  const facts = { metricId, method: 'medians' as const, areSpreadsAlike: true, errorDeviation: null, unranked: [] };
  return rankingOf(
    facts,
    names,
    bounded.map(({ middle }) => middle),
    between,
    null,
  );
}

const noMedian = { middle: Number.NaN, low: Number.NaN, high: Number.NaN };
