import { gate } from '../../bench/gate.ts';
import { changeOf } from '../../src/compare/change.ts';
import { chooseCorrection } from '../../src/compare/control-variate.ts';
import { type Criteria, verdictOf } from '../../src/compare/verdict.ts';
import type { Change, Correction } from '../../src/model/comparison.ts';
import { type Metric, metrics } from '../../src/model/metric.ts';
import { mean } from '../../src/stats/descriptive.ts';
import { normalQuantile } from '../../src/stats/distributions.ts';
import type { Random } from '../../src/stats/random.ts';

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
export const criteria: Criteria = {
  better: 'lower',
  minEffectRatio: gate.metrics['cpu-per-request']?.minEffectRatio ?? 0,
  noiseFloorRatio: 0,
  alpha: gate.alpha,
  familyCount: 1,
};

/** The figures that gate: among them one flag is adjusted for. */
export const familyCount = Object.keys(gate.metrics).length;

/** Standard normal. */
export function normalDraw(random: Random): number {
  return normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.float())));
}

export function pairedChange(pairs: readonly { base: number; head: number }[]): Change | null {
  const { intervalLevelRatio: levelRatio } = gate;
  return changeOf({ base: [], head: [], pairs }, { better: 'lower', levelRatio, noiseFloorRatio: 0 });
}

/** Holm's first step: what the smallest p of a family is multiplied by. */
export function adjustedFor(familyCount: number, change: Change): Change {
  const times = (p: number) => Math.min(1, p * familyCount);
  return { ...change, pWorseAdjusted: times(change.pWorse), pBetterAdjusted: times(change.pBetter) };
}

export function isWorse(change: Change, familyCount: number): boolean {
  return verdictOf(adjustedFor(familyCount, change), { ...criteria, familyCount }).kind === 'worse';
}

const gatedControl = gate.metrics['cpu-per-request']?.control ?? null;
const controlMetric = metrics.find(({ id }) => id === gatedControl?.metricId) as Metric;

/** What the gate makes of such pairs. */
export function correctionOfPairs(
  pairs: readonly SimulatedPair[],
  { changesStatements = false, controlAlpha = gatedControl?.alpha ?? 1 } = {},
): Correction | null {
  const changeBy = (value: (trial: SimulatedTrial) => number) =>
    pairedChange(pairs.map(({ base, head }) => ({ base: value(base), head: value(head) })));
  const raw = changeBy(({ target }) => target);
  const corrected = changeBy(({ target, control }) => target / control);
  const control = changeBy(({ control: part, reference }) => part / reference);
  if (raw === null || corrected === null) return null;
  const { minEffectRatio } = criteria;
  return chooseCorrection({ raw, corrected, control }, controlMetric, {
    alpha: controlAlpha,
    minEffectRatio,
    changesStatements,
  });
}

/** Whether CPU per request is called worse: nothing is where the two ways to see it contradict each other. */
export function isCorrectedWorse({ used, reason, ...changes }: Correction, familyCount: number): boolean {
  return reason !== 'contradiction' && isWorse(changes[used], familyCount);
}

/** Covariances (n − 1) of the columns of `rows`; at least two rows. */
export function covariances(rows: readonly (readonly number[])[]): number[][] {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? Number.NaN));
  const centred = columns.map((column) => {
    const middle = mean(column);
    return column.map((value) => value - middle);
  });
  return centred.map((a) =>
    centred.map((b) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (rows.length - 1)),
  );
}

/** Standard deviation of a weighted sum. */
export function spreadOf(matrix: readonly (readonly number[])[], weights: readonly number[]): number {
  const sums = matrix.map((row) => row.reduce((sum, value, column) => sum + value * (weights[column] ?? 0), 0));
  return Math.sqrt(sums.reduce((sum, value, row) => sum + value * (weights[row] ?? 0), 0));
}

/** The lower triangle L with L Lᵀ = `matrix` (Cholesky): L times independent standard normals has these covariances. */
export function lowerFactor(matrix: readonly (readonly number[])[]): number[][] {
  const factor = matrix.map((row) => row.map(() => 0));
  const at = (row: number, column: number) => factor[row]?.[column] ?? 0;
  for (const [row, values] of matrix.entries()) {
    for (let column = 0; column <= row; column += 1) {
      let rest = values[column] ?? 0;
      for (let k = 0; k < column; k += 1) rest -= at(row, k) * at(column, k);
      (factor[row] as number[])[column] = row === column ? Math.sqrt(rest) : rest / at(column, column);
    }
  }
  return factor;
}
