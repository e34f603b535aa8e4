import { gate } from '../../bench/gate.ts';
import { changeOf } from '../../src/compare/change.ts';
import { chosenCorrection } from '../../src/compare/control.ts';
import { type Ruling, verdictOf } from '../../src/compare/verdict.ts';
import type { Change, Correction } from '../../src/model/comparison.ts';
import { type Metric, metrics } from '../../src/model/metric.ts';
import type { Random } from '../../src/stats/random.ts';
import { normalQuantile } from '../../src/stats/student.ts';

/** CPU per request of one trial, with its control and the reference. */
export interface SimulatedTrial {
  readonly target: number;
  readonly control: number;
  readonly reference: number;
}

export interface SimulatedPair {
  readonly base: SimulatedTrial;
  readonly head: SimulatedTrial;
}

/** By which CPU per request is judged, alone in its family and without a floor. */
export const ruling: Ruling = {
  better: 'lower',
  smallestEffectRatio: gate.metrics['cpu-per-request']?.smallestEffectRatio ?? 0,
  floorRatio: 0,
  alpha: gate.alpha,
  familyCount: 1,
};

/** Standard normal. */
export function normalDraw(random: Random): number {
  return normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.float())));
}

export function pairedChange(pairs: readonly { base: number; head: number }[]): Change | null {
  const { intervalLevelRatio: levelRatio } = gate;
  return changeOf({ base: [], head: [], pairs }, { better: 'lower', levelRatio, floorRatio: 0 });
}

/** Holm's first step: what the smallest p of a family is multiplied by. */
export function adjustedFor(familyCount: number, change: Change): Change {
  const times = (p: number) => Math.min(1, p * familyCount);
  return { ...change, pWorseAdjusted: times(change.pWorse), pBetterAdjusted: times(change.pBetter) };
}

export function isWorse(change: Change, familyCount: number): boolean {
  return verdictOf(adjustedFor(familyCount, change), { ...ruling, familyCount }).kind === 'worse';
}

const controlMetric = metrics.find(({ id }) => id === gate.metrics['cpu-per-request']?.control?.metricId) as Metric;

/** What the gate makes of such pairs. */
export function correctionOfPairs(pairs: readonly SimulatedPair[], changesStatements = false): Correction | null {
  const changeBy = (value: (trial: SimulatedTrial) => number) =>
    pairedChange(pairs.map(({ base, head }) => ({ base: value(base), head: value(head) })));
  const raw = changeBy(({ target }) => target);
  const corrected = changeBy(({ target, control }) => target / control);
  const control = changeBy(({ control: part, reference }) => part / reference);
  if (raw === null || corrected === null) return null;
  const { smallestEffectRatio } = ruling;
  return chosenCorrection({ raw, corrected, control }, controlMetric, {
    alpha: gate.informativeAlpha,
    smallestEffectRatio,
    changesStatements,
  });
}

/** Whether CPU per request is called worse: nothing is where the two ways to see it contradict each other. */
export function isCorrectedWorse({ used, ground, ...changes }: Correction, familyCount: number): boolean {
  return ground !== 'contradiction' && isWorse(changes[used], familyCount);
}
