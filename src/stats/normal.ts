/**
 * P(Z ≤ z) of the standard normal distribution, absolute error below 1e-15: the Taylor series of Marsaglia (2004),
 * "Evaluating the Normal Distribution", Journal of Statistical Software 11(4).
 */
export function normalBelow(z: number): number {
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
