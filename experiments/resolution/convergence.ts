import { fitLine, mean } from '../../src/stats/descriptive.ts';
import { atWholeSeconds, type TrialLine } from './recording.ts';

/** CPU per request of the seconds of a trial from its first request on, joined in blocks; averaged over trials. */
export interface WarmingCurve {
  readonly implementation: string;
  readonly ratePerSec: number;
  readonly trialCount: number;
  /** Requests of a block. */
  readonly blockCount: number;
  /** Target's CPU per request, ms. */
  readonly targetMs: readonly number[];
  /** Target's by the database's, in the same seconds: the machine's speed is in both. null: no database. */
  readonly toDatabase: readonly number[] | null;
}

/** Of trials without a warm-up, one curve for each implementation and rate. */
export function warmingCurves(trials: readonly TrialLine[], requestsPerBlock: number): WarmingCurve[] {
  const cold = trials.filter(({ status, warmupCount }) => status === 'ok' && warmupCount === 0);
  const groups = Map.groupBy(cold, ({ implementation, ratePerSec }) => `${implementation} ${ratePerSec}`);
  return [...groups.values()].map((own) => curveOf(own, requestsPerBlock));
}

function curveOf(own: readonly TrialLine[], requestsPerBlock: number): WarmingCurve {
  const { implementation, ratePerSec } = own[0] as TrialLine;
  const secondsPerBlock = Math.max(1, Math.round(requestsPerBlock / ratePerSec));
  const used = own.map((trial) => blocksOf(atWholeSeconds(trial), secondsPerBlock));
  const count = Math.min(...used.map(({ target }) => target.length));
  const blocks = Array.from({ length: count }, (_, index) => index);
  const blockCount = secondsPerBlock * ratePerSec;
  const over = (value: (one: (typeof used)[number], index: number) => number) =>
    blocks.map((index) => mean(used.map((one) => value(one, index))));
  const hasDatabase = used.every(({ database }) => database.length >= count);
  return {
    ...{ implementation, ratePerSec, blockCount, trialCount: own.length },
    targetMs: over(({ target }, index) => (target[index] ?? 0) / blockCount),
    toDatabase: hasDatabase
      ? over(({ target, database }, index) => (target[index] ?? 0) / (database[index] ?? 0))
      : null,
  };
}

function blocksOf({ targetMs, databaseMs }: TrialLine, secondsPerBlock: number) {
  const steps = (totals: readonly number[]) =>
    Array.from({ length: Math.floor((totals.length - 1) / secondsPerBlock) }, (_, block) => {
      const [from, to] = [block * secondsPerBlock, (block + 1) * secondsPerBlock];
      return (totals[to] ?? 0) - (totals[from] ?? 0);
    });
  return { target: steps(targetMs), database: steps(databaseMs) };
}

export interface Convergence {
  /** Requests after which the fitted curve is within the tolerance of its end; 0: from the start. */
  readonly fittedCount: number;
  /** Requests after which every mean of three blocks in a row is within it of the last quarter; null: never. */
  readonly seenCount: number | null;
  /** The first block by the last quarter. */
  readonly firstRatio: number;
}

/** Of a curve of at least eight blocks; null for a shorter one. */
export function convergenceOf(
  costs: readonly number[],
  requestsPerBlock: number,
  tolerance: number,
): Convergence | null {
  if (costs.length < 8) return null;
  const end = mean(costs.slice(-Math.floor(costs.length / 4)));
  return {
    fittedCount: fittedCount(costs, requestsPerBlock, tolerance),
    seenCount: seenCount(costs, requestsPerBlock, tolerance, end),
    firstRatio: (costs[0] ?? 0) / end,
  };
}

/** a + b·exp(−n/c) by least squares, c from a grid. */
function fittedCount(costs: readonly number[], requestsPerBlock: number, tolerance: number): number {
  const middles = costs.map((_, index) => (index + 0.5) * requestsPerBlock);
  let best = { error: Number.POSITIVE_INFINITY, count: 0 };
  for (let scale = requestsPerBlock / 2; scale <= (costs.length * requestsPerBlock) / 2; scale *= 1.05) {
    const points = middles.map((n, index) => ({ x: Math.exp(-n / scale), y: costs[index] ?? 0 }));
    const line = fitLine(points);
    if (line === null) continue;
    const error = points.reduce((sum, { x, y }) => sum + (y - line.intercept - line.slope * x) ** 2, 0);
    const excess = line.slope / (tolerance * line.intercept);
    if (error < best.error) best = { error, count: excess > 1 ? scale * Math.log(excess) : 0 };
  }
  return Math.round(best.count);
}

function seenCount(costs: readonly number[], requestsPerBlock: number, tolerance: number, end: number): number | null {
  const running = costs.slice(2).map((cost, index) => mean([costs[index] ?? 0, costs[index + 1] ?? 0, cost]));
  const last = running.findLastIndex((cost) => Math.abs(cost / end - 1) > tolerance);
  return last === running.length - 1 ? null : (last + 1) * requestsPerBlock;
}
