import { type BlockedValue, type BlockFit, fitBlocks } from './block-design.ts';
import { allPairsCriticalValue, baselineCriticalValue, equalSpreadP } from './simultaneous.ts';

/** How much the second of two treatments is above the first. */
export interface Difference {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Intervals that hold all true differences together with the chance of their level. */
export interface PairIntervals {
  /** With Games and Howell's beside it where the spreads are not alike: each interval is then the wider of the two. */
  readonly method: 'tukey' | 'dunnett';
  readonly areSpreadsAlike: boolean;
  readonly degreesOfFreedom: number;
  /** Standard deviation of a single value, less what its block explains; pooled. */
  readonly errorDeviation: number;
  between(first: number, second: number): Difference;
}

export interface PairOptions {
  readonly levelRatio: number;
  /** Every other treatment is compared with this one alone; null: all with all. */
  readonly baseline: number | null;
}

/**
 * Simultaneous intervals for the differences of treatments in randomised blocks: Tukey's honestly significant difference with the
 * pooled error of the two-way analysis of variance (Kramer's form where values are missing), or Dunnett's against a baseline; where
 * Bartlett's test finds the spreads unlike, no narrower than Games and Howell's (1976) with each treatment's own spread. Null with fewer
 * than two treatments or degrees of freedom. docs/decisions/0021 has the reasons.
 */
export function pairIntervals(
  values: readonly BlockedValue[],
  treatmentCount: number,
  { levelRatio, baseline }: PairOptions,
): PairIntervals | null {
  if (treatmentCount < 2) return null;
  const fit = fitBlocks(values, treatmentCount);
  const { degreesOfFreedom, errorVariance } = fit;
  if (errorVariance === null || degreesOfFreedom < 2) return null;
  const areSpreadsAlike = treatmentCount < 3 || hasAlikeSpreads(values, fit, treatmentCount);
  const own = areSpreadsAlike ? null : fit.ownVariances();
  const correlation = baseline === null ? 0 : minCorrelation(fit, treatmentCount, baseline);
  const criticalValue = (degrees: number) =>
    baseline === null
      ? allPairsCriticalValue(levelRatio, treatmentCount, degrees)
      : baselineCriticalValue(levelRatio, {
          comparisonCount: treatmentCount - 1,
          degreesOfFreedom: degrees,
          correlation,
        });
  const direct = (first: number, second: number): Difference => {
    const weights = fit.varianceWeights(first, second);
    const estimate = (fit.effects[second] ?? 0) - (fit.effects[first] ?? 0);
    const pooled = criticalValue(degreesOfFreedom) * Math.sqrt(errorVariance * sumOf(weights));
    const half = own === null ? pooled : Math.max(pooled, ownHalfWidth(weights, own, criticalValue));
    return { estimate, low: estimate - half, high: estimate + half };
  };
  return {
    method: baseline === null ? 'tukey' : 'dunnett',
    areSpreadsAlike,
    degreesOfFreedom,
    errorDeviation: Math.sqrt(errorVariance),
    between: baseline === null ? direct : throughBaseline(direct, baseline),
  };
}

/** What the intervals against the baseline imply for any other two, which were not compared themselves. */
function throughBaseline(direct: PairIntervals['between'], baseline: number): PairIntervals['between'] {
  return (first, second) => {
    if (first === baseline || second === baseline) return direct(first, second);
    const [from, to] = [direct(baseline, first), direct(baseline, second)];
    return { estimate: to.estimate - from.estimate, low: to.low - from.high, high: to.high - from.low };
  };
}

/** Half the width by the two treatments' own spreads, with the degrees of freedom of Welch and Satterthwaite. */
function ownHalfWidth(
  weights: readonly number[],
  own: ReturnType<BlockFit['ownVariances']>,
  criticalValue: (degrees: number) => number,
): number {
  const parts = weights.map((weight, index) => weight * (own[index]?.variance ?? 0));
  const variance = sumOf(parts);
  const degrees = variance ** 2 / sumOf(parts.map((part, index) => part ** 2 / ((own[index]?.count ?? 0) - 1)));
  return variance > 0 ? criticalValue(degrees) * Math.sqrt(variance) : 0;
}

/** Few values hide unlike spreads from the test: there it takes them for unlike sooner. */
const manyDegrees = 20;

function hasAlikeSpreads(values: readonly BlockedValue[], { effects }: BlockFit, treatmentCount: number): boolean {
  const { length } = values;
  const blocks = Map.groupBy(values, ({ block }) => block);
  const squares = new Array<number>(treatmentCount).fill(0);
  const counts = new Array<number>(treatmentCount).fill(0);
  for (const ofBlock of blocks.values()) {
    const rests = ofBlock.map(({ treatment, value }) => value - (effects[treatment] ?? 0));
    const shared = sumOf(rests) / rests.length;
    for (const [index, { treatment }] of ofBlock.entries()) {
      squares[treatment] = (squares[treatment] ?? 0) + ((rests[index] ?? 0) - shared) ** 2;
      counts[treatment] = (counts[treatment] ?? 0) + 1;
    }
  }
  const samples = squares.map((sum, index) => ({
    variance: sum / ((counts[index] ?? 0) - 1),
    degreesOfFreedom: (counts[index] ?? 0) - 1,
  }));
  const degrees = length - treatmentCount - blocks.size + 1;
  return equalSpreadP(samples) >= (degrees < manyDegrees ? 0.5 : 0.2);
}

/** The least correlation of two differences from the baseline: 0.5 in complete blocks. */
function minCorrelation(fit: BlockFit, treatmentCount: number, baseline: number): number {
  const variance = (a: number, b: number) => sumOf(fit.varianceWeights(a, b));
  const others = Array.from({ length: treatmentCount }, (_, index) => index).filter((index) => index !== baseline);
  const correlations = others.flatMap((a, place) =>
    others.slice(place + 1).map((b) => {
      const [toA, toB] = [variance(baseline, a), variance(baseline, b)];
      return (toA + toB - variance(a, b)) / 2 / Math.sqrt(toA * toB);
    }),
  );
  return Math.max(0, Math.min(0.5, ...correlations));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
