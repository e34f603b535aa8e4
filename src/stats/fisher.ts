import { logChoose } from './choose.ts';

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
