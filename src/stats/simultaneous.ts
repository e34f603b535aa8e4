import jstat from 'jstat';
import { normalCdf } from './distributions.ts';

const { jStat } = jstat;

/**
 * By how many standard errors of a difference all pairs of `meanCount` means may differ at most, with a chance of `levelRatio`,
 * when none of the means differ: the quantile of the studentised range ÷ √2 (Tukey 1953; jstat's port of R's qtukey, within 0.01 %).
 * From 2 means and 2 degrees of freedom.
 */
export function allPairsCriticalValue(levelRatio: number, meanCount: number, degreesOfFreedom: number): number {
  return betweenWholeDegrees(degreesOfFreedom, (degrees) =>
    remembered(
      `tukey ${levelRatio} ${meanCount} ${degrees}`,
      () => jStat.tukey.inv(levelRatio, meanCount, degrees) / Math.SQRT2,
    ),
  );
}

/**
 * The same for `comparisonCount` means, each against one baseline only (Dunnett 1955): the two-sided quantile of the greatest of
 * as many equally correlated t. `correlation` is 0.5 where every mean has as many values as the baseline; a smaller one is the safe side (Šidák 1967).
 */
export function baselineCriticalValue(
  levelRatio: number,
  { comparisonCount, degreesOfFreedom, correlation }: BaselineComparisons,
): number {
  return betweenWholeDegrees(degreesOfFreedom, (degrees) =>
    remembered(`dunnett ${levelRatio} ${comparisonCount} ${degrees} ${correlation}`, () =>
      rootOf((t) => greatestTCdf(t, { comparisonCount, degreesOfFreedom: degrees, correlation }) - levelRatio),
    ),
  );
}

const quantiles = new Map<string, number>();

/** Each takes some milliseconds, and one report asks for the same ones hundreds of times. */
function remembered(key: string, compute: () => number): number {
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  const value = compute();
  quantiles.set(key, value);
  return value;
}

/** Quantiles are nearly straight in 1 ÷ degrees, so that those of whole degrees give the others. */
function betweenWholeDegrees(degreesOfFreedom: number, quantile: (degrees: number) => number): number {
  const degrees = Math.max(2, degreesOfFreedom);
  const [below, above] = [Math.floor(degrees), Math.ceil(degrees)];
  if (below === above) return quantile(below);
  const share = (1 / below - 1 / degrees) / (1 / below - 1 / above);
  return quantile(below) * (1 - share) + quantile(above) * share;
}

/** Of a function that rises, between 0 and 200. */
function rootOf(f: (x: number) => number): number {
  let [low, high] = [0, 200];
  while (high - low > 1e-5) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return high;
}

interface BaselineComparisons {
  readonly comparisonCount: number;
  readonly degreesOfFreedom: number;
  readonly correlation: number;
}

/** P(|T₁| ≤ t, …): over the estimated standard deviation s, and over what all comparisons share, the baseline's own error z. */
function greatestTCdf(t: number, { comparisonCount, degreesOfFreedom, correlation }: BaselineComparisons): number {
  const [shared, own] = [Math.sqrt(correlation), Math.sqrt(1 - correlation)];
  const given = (s: number) =>
    integral(-8, 8, 64, (z) => {
      const inside = normalCdf((shared * z + t * s) / own) - normalCdf((shared * z - t * s) / own);
      return Math.exp(-0.5 * z * z) * inside ** comparisonCount;
    }) / Math.sqrt(2 * Math.PI);
  // s² × degrees is chi-squared: its density up to a factor, which the second integral divides out again.
  const density = (s: number) => Math.exp(degreesOfFreedom * (Math.log(s) - (s * s - 1) / 2)) / s;
  const width = 6 / Math.sqrt(2 * degreesOfFreedom);
  const [from, to] = [Math.max(1e-9, 1 - width), 1 + width];
  const whole = integral(from, to, 128, density);
  return integral(from, to, 128, (s) => density(s) * given(s)) / whole;
}

/** Simpson's rule; `stepCount` is even. */
function integral(from: number, to: number, stepCount: number, f: (x: number) => number): number {
  const step = (to - from) / stepCount;
  let sum = f(from) + f(to);
  for (let index = 1; index < stepCount; index += 1) sum += (index % 2 === 1 ? 4 : 2) * f(from + index * step);
  return (sum * step) / 3;
}

/** The value that a chi-square variable stays below with that probability (jstat's inverse of the incomplete gamma function). */
export function chiSquareQuantile(probabilityRatio: number, degreesOfFreedom: number): number {
  return jStat.chisquare.inv(probabilityRatio, degreesOfFreedom);
}

interface SampleVariance {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/**
 * The p of Bartlett's test (1937) that samples with these variances come from distributions of one spread. 1 where a single sample, or
 * no variance at all, leaves nothing to differ.
 */
export function equalSpreadP(samples: readonly SampleVariance[]): number {
  const degrees = samples.reduce((sum, { degreesOfFreedom }) => sum + degreesOfFreedom, 0);
  const pooled = samples.reduce((sum, one) => sum + one.degreesOfFreedom * one.variance, 0) / degrees;
  if (samples.length < 2 || !(pooled > 0)) return 1;
  const logs = samples.reduce(
    (sum, one) => sum + one.degreesOfFreedom * Math.log(Math.max(one.variance / pooled, 1e-9)),
    0,
  );
  const inverse = samples.reduce((sum, one) => sum + 1 / one.degreesOfFreedom, 0) - 1 / degrees;
  const statistic = -logs / (1 + inverse / (3 * (samples.length - 1)));
  return 1 - jStat.chisquare.cdf(statistic, samples.length - 1);
}
