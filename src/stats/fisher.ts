/**
 * P(at least `headCount` of all errors fall on head) when each of the requests is as likely as any other to be one: the
 * one-sided exact test of Fisher (1935), hypergeometric. Counts are whole and no error count exceeds its total; 1 without errors.
 */
export function fisherAtLeast(
  base: { readonly errorCount: number; readonly totalCount: number },
  head: { readonly errorCount: number; readonly totalCount: number },
): number {
  const all = base.totalCount + head.totalCount;
  const errors = base.errorCount + head.errorCount;
  const most = Math.min(errors, head.totalCount);
  let sum = 0;
  for (let k = head.errorCount; k <= most; k += 1) {
    sum += Math.exp(logChoose(head.totalCount, k) + logChoose(base.totalCount, errors - k) - logChoose(all, errors));
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** ln n!: by Stirling's series from 32 on (error below 1e-15 of the value), by adding below. */
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
