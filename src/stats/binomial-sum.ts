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
