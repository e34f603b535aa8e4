/**
 * Quantile of the standard normal distribution, Acklam's rational approximation
 * (relative error below 1.15e-9). `probabilityRatio` in (0, 1).
 */
export function normalQuantile(probabilityRatio: number): number {
  const p = probabilityRatio;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(tailNumerator, q) / (polynomial(tailDenominator, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(centreNumerator, r) * q) / (polynomial(centreDenominator, r) * r + 1);
}

const centreNumerator = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const centreDenominator = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
];
const tailNumerator = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const tailDenominator = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/**
 * Quantile of Student's t. Exact for 1 and 2 degrees of freedom, else the expansion of Abramowitz and Stegun 26.7.5
 * (within 0.2 % from 3 degrees on at 97.5 %).
 */
export function studentQuantile(probabilityRatio: number, degreesOfFreedom: number): number {
  const p = probabilityRatio;
  const n = degreesOfFreedom;
  if (n === 1) return Math.tan(Math.PI * (p - 0.5));
  if (n === 2) return (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
  const z = normalQuantile(p);
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, index) => sum + term / n ** (index + 1), z);
}

/**
 * P(Z ≤ z) of the standard normal distribution, absolute error below 1e-15: the Taylor series of Marsaglia (2004),
 * "Evaluating the Normal Distribution", Journal of Statistical Software 11(4).
 */
export function normalCdf(z: number): number {
  if (z < -8.5) return 0;
  if (z > 8.5) return 1;
  let sum = z;
  let before = 0;
  let term = z;
  for (let odd = 3; sum !== before; odd += 2) {
    term *= (z * z) / odd;
    before = sum;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + sum * Math.exp(-0.5 * z * z - Math.log(2 * Math.PI) / 2)));
}

/** P(B ≤ k) for B binomial with `count` draws of `probabilityRatio`; summed from logarithms, so that no term underflows early. */
export function binomialAtMost(k: number, count: number, probabilityRatio: number): number {
  if (k < 0) return 0;
  if (k >= count) return 1;
  if (probabilityRatio <= 0) return 1;
  if (probabilityRatio >= 1) return 0;
  let logTerm = count * Math.log1p(-probabilityRatio);
  let sum = Math.exp(logTerm);
  for (let index = 1; index <= k; index += 1) {
    logTerm += Math.log(((count - index + 1) / index) * (probabilityRatio / (1 - probabilityRatio)));
    sum += Math.exp(logTerm);
  }
  return Math.min(1, sum);
}

/** P(X = k) for every k from 0 to n of n fair coins. */
export function fairCoinProbabilities(n: number): Float64Array {
  return Float64Array.from({ length: n + 1 }, (_, k) => Math.exp(logChoose(n, k) - n * Math.LN2));
}

/** ln of the number of ways to choose k of n; −∞ where there is none. */
export function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** ln n!: added up below 32, then by Stirling's series (Abramowitz and Stegun 6.1.41; error below 1e-15 of the value). */
function logFactorial(n: number): number {
  if (n < 32) {
    let sum = 0;
    for (let k = 2; k <= n; k += 1) sum += Math.log(k);
    return sum;
  }
  const x = n + 1;
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5) - 1 / (1680 * x ** 7);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
