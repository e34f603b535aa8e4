import { type Estimate, orderInterval } from './interval.ts';
import { normalBelow } from './normal.ts';
import { median, sortedAscending } from './quantile.ts';
import { cutCount, doubledRanks, type Tails, tailsAt, tieTerm } from './rank.ts';
import { normalQuantile } from './student.ts';

/** Up to this many values in both samples the distribution is counted out, ties and all; above, it is as good as normal. */
const exactCount = 80;

/**
 * The rank-sum test of Wilcoxon, Mann and Whitney (Hollander, Wolfe and Chicken 2014, section 4.1): the tails of the sum of
 * the ranks of `b` among all when both come from one distribution. atLeast is small where b is greater. Ties share their
 * rank; up to 80 values the tails are exact for the ranks as they are, above normal with the correction for ties and continuity.
 */
export function rankSumTails(a: readonly number[], b: readonly number[]): Tails {
  const ranks = doubledRanks([...a, ...b]);
  const sum = ranks.slice(a.length).reduce((total, rank) => total + rank, 0);
  if (ranks.length <= exactCount) return tailsAt(distribution(ranks, b.length), sum);
  return normalTails(sum / 2 - (b.length * (b.length + 1)) / 2, a, b);
}

/** P(sum of `size` of these ranks, drawn without replacement, = index): the subsets are counted, each equally likely. */
function distribution(ranks: readonly number[], size: number): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const bySize = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  (bySize[0] as Float64Array)[0] = 1;
  for (const rank of ranks) {
    for (let chosen = size; chosen >= 1; chosen -= 1) add(bySize[chosen], bySize[chosen - 1], rank);
  }
  const counts = bySize[size] as Float64Array;
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / all);
}

function add(into: Float64Array | undefined, from: Float64Array | undefined, rank: number): void {
  if (into === undefined || from === undefined) return;
  for (let sum = into.length - 1; sum >= rank; sum -= 1) into[sum] = (into[sum] ?? 0) + (from[sum - rank] ?? 0);
}

function normalTails(u: number, a: readonly number[], b: readonly number[]): Tails {
  const [m, n, all] = [a.length, b.length, a.length + b.length];
  const mean = (m * n) / 2;
  const deviation = Math.sqrt(((m * n) / 12) * (all + 1 - tieTerm([...a, ...b]) / (all * (all - 1))));
  return {
    atMost: normalBelow((u - mean + 0.5) / deviation),
    atLeast: normalBelow(-(u - mean - 0.5) / deviation),
  };
}

/**
 * How much greater b is than a: the Hodges–Lehmann estimate (the median of all differences) with the interval that the
 * rank-sum test does not reject (Hollander, Wolfe and Chicken 2014, sections 4.2 and 4.3). Null when one is empty.
 */
export function rankSumEstimate(a: readonly number[], b: readonly number[], levelRatio: number): Estimate | null {
  const differences = sortedAscending(b.flatMap((second) => a.map((first) => second - first)));
  const value = median(differences);
  if (value === null) return null;
  return { value, interval: orderInterval(differences, outsideCount(a.length, b.length, levelRatio)) };
}

function outsideCount(m: number, n: number, levelRatio: number): number {
  if (m + n <= exactCount) return cutCount(mannWhitneyDistribution(m, n), levelRatio);
  const z = normalQuantile((1 + levelRatio) / 2);
  return Math.floor((m * n) / 2 - z * Math.sqrt((m * n * (m + n + 1)) / 12));
}

/** P(U = index) without ties: the rank sum less its least value. */
function mannWhitneyDistribution(m: number, n: number): Float64Array {
  const least = (n * (n + 1)) / 2;
  const ranks = Array.from({ length: m + n }, (_, index) => index + 1);
  return distribution(ranks, n).slice(least, least + m * n + 1);
}

/** The least one-sided p that samples of these sizes can give: 1 ÷ (m + n choose n). */
export function leastRankSumP(m: number, n: number): number {
  let ways = 1;
  for (let k = 1; k <= n; k += 1) ways = (ways * (m + k)) / k;
  return 1 / ways;
}
