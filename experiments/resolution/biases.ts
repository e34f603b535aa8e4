import type { RoundLine, Stretch } from './recording.ts';
import { type MeanEstimate, meanEstimate } from './spread.ts';

/** A bias of slices, estimated over process starts. */
export interface Bias {
  readonly what: string;
  /** null: all together, or the worst. */
  readonly implementation: string | null;
  readonly unit: 'ratio' | 'ms/s';
  readonly estimate: MeanEstimate | null;
}

/** One implementation's start in a round. */
interface Start {
  readonly round: RoundLine;
  readonly index: number;
  readonly slices: readonly Stretch[];
}

/** All that the recorded rounds can show, by implementation. */
export function sliceBiases(rounds: readonly RoundLine[]): Bias[] {
  const starts = Map.groupBy(rounds.flatMap(startsOf), ({ round, index }) => round.implementations[index] ?? '');
  const each = (what: string, unit: Bias['unit'], value: (start: Start) => number | null) =>
    [...starts]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([implementation, own]) => {
        const values = own.map(value).filter((one) => one !== null && Number.isFinite(one)) as number[];
        return { what, implementation, unit, estimate: meanEstimate(values) };
      });
  return [
    ...each('with idle neighbours ÷ with frozen ones', 'ratio', neighbourEffect),
    ...each('CPU while others are driven, beyond rest ÷ own slices', 'ratio', postponedShare),
    ...each('CPU at rest before the load', 'ms/s', (start) => restCost(start, 'first')),
    ...each('CPU at rest after it', 'ms/s', (start) => restCost(start, 'last')),
    ...each('first quarter second ÷ the rest of a slice', 'ratio', quarterEffect),
    ...each('last slices ÷ first ones', 'ratio', driftEffect),
    ...orderEffects([...starts.values()].flat()),
  ];
}

function startsOf(round: RoundLine): Start[] {
  return round.implementations.map((_, index) => ({
    round,
    index,
    slices: round.stretches.filter(({ kind, driven }) => kind === 'slice' && driven === index),
  }));
}

function costOf(slices: readonly Stretch[], index: number): number {
  const used = slices.reduce((sum, { targetMs }) => sum + (targetMs[index] ?? 0), 0);
  return used / slices.reduce((sum, { sentCount }) => sum + sentCount, 0);
}

/** log(present ÷ frozen). */
function neighbourEffect({ slices, index }: Start): number | null {
  const [alone, together] = [slices.filter(({ isAlone }) => isAlone), slices.filter(({ isAlone }) => !isAlone)];
  if (alone.length === 0 || together.length === 0) return null;
  return Math.log(costOf(together, index) / costOf(alone, index));
}

/** What a target does in the slices and gaps of others and in its own gaps, less what it does at rest, by its own slices. */
function postponedShare({ round, index, slices }: Start): number {
  const elsewhere = round.stretches.filter(
    ({ kind, driven, isAlone }) =>
      (kind === 'slice' || kind === 'gap') && !isAlone && !(kind === 'slice' && driven === index),
  );
  const sum = (stretches: readonly Stretch[], value: (one: Stretch) => number) =>
    stretches.reduce((total, one) => total + value(one), 0);
  const used = sum(elsewhere, ({ targetMs }) => targetMs[index] ?? 0);
  const restPerMs = restCost({ round, index, slices }, 'last') / 1000;
  const own = slices.filter(({ isAlone }) => !isAlone);
  return (
    (used - restPerMs * sum(elsewhere, ({ lengthMs }) => lengthMs)) / sum(own, ({ targetMs }) => targetMs[index] ?? 0)
  );
}

/** ms per second. */
function restCost({ round, index }: Start, which: 'first' | 'last'): number {
  const rests = round.stretches.filter(({ kind }) => kind === 'rest');
  const rest = rests.at(which === 'first' ? 0 : -1);
  return rest === undefined ? Number.NaN : ((rest.targetMs[index] ?? 0) / rest.lengthMs) * 1000;
}

/** log of the cost per request in the first quarter second by that in the rest. */
function quarterEffect({ slices, index }: Start): number | null {
  const read = slices.flatMap(({ quarter, targetMs, sentCount }) =>
    quarter === null ? [] : [{ quarter, usedMs: targetMs[index] ?? 0, sentCount }],
  );
  if (read.length === 0) return null;
  const sum = (value: (one: (typeof read)[number]) => number) => read.reduce((total, one) => total + value(one), 0);
  const early = sum(({ quarter }) => quarter.targetMs) / sum(({ quarter }) => quarter.sentCount);
  const late =
    sum(({ quarter, usedMs }) => usedMs - quarter.targetMs) /
    sum(({ quarter, sentCount }) => sentCount - quarter.sentCount);
  return Math.log(early / late);
}

/** log of the second half of the slices by the first: a warm-up that goes on. */
function driftEffect({ slices, index }: Start): number | null {
  const half = Math.floor(slices.length / 2);
  return half === 0 ? null : Math.log(costOf(slices.slice(-half), index) / costOf(slices.slice(0, half), index));
}

/** By place in the rotation, and by who was driven before: each slice against the mean of its own start. */
function orderEffects(starts: readonly Start[]): Bias[] {
  const deviations = starts.flatMap(({ round, index, slices }) => {
    const middle = costOf(slices, index);
    return slices.map((slice) => ({
      ...placeOf(round, slice),
      start: `${round.session}/${round.round}/${index}`,
      deviation: Math.log(costOf([slice], index) / middle),
    }));
  });
  const groups = (key: (one: (typeof deviations)[number]) => string | null) =>
    [...Map.groupBy(deviations, key)].flatMap(([name, own]) =>
      name === null ? [] : [{ what: name, implementation: null, unit: 'ratio' as const, estimate: overStarts(own) }],
    );
  return [
    ...groups(({ place }) => `driven at place ${place + 1} of its rotation ÷ mean`),
    ...groups(({ before }) => (before === null ? null : `driven after ${before} ÷ mean`)),
  ].toSorted((a, b) => a.what.localeCompare(b.what));
}

/** Slices of one start are one value. */
function overStarts(own: readonly { readonly start: string; readonly deviation: number }[]): MeanEstimate | null {
  const means = [...Map.groupBy(own, ({ start }) => start).values()].map(
    (slices) => slices.reduce((sum, { deviation }) => sum + deviation, 0) / slices.length,
  );
  return meanEstimate(means);
}

function placeOf(round: RoundLine, slice: Stretch): { readonly place: number; readonly before: string | null } {
  const slices = round.stretches.filter(({ kind }) => kind === 'slice');
  const at = slices.indexOf(slice);
  const driven = slices[at - 1]?.driven ?? null;
  const place = slices.filter(({ rotation }) => rotation === slice.rotation).indexOf(slice);
  return { place, before: driven === null ? null : (round.implementations[driven] ?? null) };
}
