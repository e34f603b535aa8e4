import { median, sortedAscending } from './descriptive.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { doubledRanks, excludedOrderCount, type Tails, tailProbabilities, tieTerm } from './exact-tests.ts';
import { type Estimate, orderInterval } from './interval.ts';

/** Up to this many differences the distribution is counted out, ties and all; above, it is as good as normal. */
const signedRankExactCount = 100;

/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945; Hollander, Wolfe and Chicken 2014, section 3.1): the tails of the sum of the
 * ranks of positive differences under symmetry around 0. Zeros are left out, ties share their rank, and up to 100 differences
 * the tails are exact for the ranks as they are; above, normal with the correction for ties and continuity.
 */
export function signedRankTails(differences: readonly number[]): Tails {
  const moved = differences.filter((difference) => difference !== 0);
  const ranks = doubledRanks(moved.map(Math.abs));
  const positive = moved.reduce((sum, difference, index) => (difference > 0 ? sum + (ranks[index] ?? 0) : sum), 0);
  if (moved.length <= signedRankExactCount) return tailProbabilities(signedRankDistribution(ranks), positive);
  return signedRankNormalTails(positive / 2, moved);
}

/** P(sum of doubled ranks = index), each rank being in the sum with probability ½. */
function signedRankDistribution(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const probabilities = new Float64Array(total + 1);
  probabilities[0] = 1;
  for (const rank of ranks) {
    for (let sum = total; sum >= 0; sum -= 1) {
      const without = probabilities[sum] ?? 0;
      probabilities[sum] = (without + (sum >= rank ? (probabilities[sum - rank] ?? 0) : 0)) / 2;
    }
  }
  return probabilities;
}

function signedRankNormalTails(positive: number, moved: readonly number[]): Tails {
  const n = moved.length;
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieTerm(moved.map(Math.abs)) / 48);
  return {
    atMost: normalCdf((positive - mean + 0.5) / deviation),
    atLeast: normalCdf(-(positive - mean - 0.5) / deviation),
  };
}

/**
 * The Hodges–Lehmann estimate of the centre of symmetric differences (the median of the Walsh averages) with the interval
 * that the signed-rank test does not reject (Hollander, Wolfe and Chicken 2014, sections 3.2 and 3.3): of at least the level
 * asked, null where so few differences carry none (5 at 95 %). Null without any.
 */
export function signedRankEstimate(differences: readonly number[], levelRatio: number): Estimate | null {
  const averages = walshAverages(differences);
  const value = median(averages);
  if (value === null) return null;
  return { value, interval: orderInterval(averages, signedRankOutsideCount(differences.length, levelRatio)) };
}

/** (d_i + d_j) / 2 for all i ≤ j, ascending. */
function walshAverages(differences: readonly number[]): number[] {
  return sortedAscending(
    differences.flatMap((first, index) => differences.slice(index).map((second) => (first + second) / 2)),
  );
}

function signedRankOutsideCount(n: number, levelRatio: number): number {
  if (n <= signedRankExactCount) {
    const untied = signedRankDistribution(Array.from({ length: n }, (_, index) => index + 1));
    return excludedOrderCount(untied, levelRatio);
  }
  const z = normalQuantile((1 + levelRatio) / 2);
  return Math.floor((n * (n + 1)) / 4 - z * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24));
}

/** The smallest one-sided p that n differences can give: 2⁻ⁿ. */
export function minSignedRankP(count: number): number {
  return 2 ** -count;
}

/** Up to this many values in both samples the distribution is counted out, ties and all; above, it is as good as normal. */
const rankSumExactCount = 80;

/**
 * The rank-sum test of Wilcoxon, Mann and Whitney (Hollander, Wolfe and Chicken 2014, section 4.1): the tails of the sum of
 * the ranks of `b` among all when both come from one distribution. atLeast is small where b is greater. Ties share their
 * rank; up to 80 values the tails are exact for the ranks as they are, above normal with the correction for ties and continuity.
 */
export function rankSumTails(a: readonly number[], b: readonly number[]): Tails {
  const ranks = doubledRanks([...a, ...b]);
  const sum = ranks.slice(a.length).reduce((total, rank) => total + rank, 0);
  if (ranks.length <= rankSumExactCount) return tailProbabilities(rankSumDistribution(ranks, b.length), sum);
  return rankSumNormalTails(sum / 2 - (b.length * (b.length + 1)) / 2, a, b);
}

/** P(sum of `size` of these ranks, drawn without replacement, = index): the subsets are counted, each equally likely. */
function rankSumDistribution(ranks: readonly number[], size: number): Float64Array {
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

function rankSumNormalTails(u: number, a: readonly number[], b: readonly number[]): Tails {
  const [m, n, all] = [a.length, b.length, a.length + b.length];
  const mean = (m * n) / 2;
  const deviation = Math.sqrt(((m * n) / 12) * (all + 1 - tieTerm([...a, ...b]) / (all * (all - 1))));
  return {
    atMost: normalCdf((u - mean + 0.5) / deviation),
    atLeast: normalCdf(-(u - mean - 0.5) / deviation),
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
  return { value, interval: orderInterval(differences, rankSumOutsideCount(a.length, b.length, levelRatio)) };
}

function rankSumOutsideCount(m: number, n: number, levelRatio: number): number {
  if (m + n <= rankSumExactCount) return excludedOrderCount(mannWhitneyDistribution(m, n), levelRatio);
  const z = normalQuantile((1 + levelRatio) / 2);
  return Math.floor((m * n) / 2 - z * Math.sqrt((m * n * (m + n + 1)) / 12));
}

/** P(U = index) without ties: the rank sum minus its minimum. */
function mannWhitneyDistribution(m: number, n: number): Float64Array {
  const minSum = (n * (n + 1)) / 2;
  const ranks = Array.from({ length: m + n }, (_, index) => index + 1);
  return rankSumDistribution(ranks, n).slice(minSum, minSum + m * n + 1);
}

/** The smallest one-sided p that samples of these sizes can give: 1 ÷ (m + n choose n). */
export function minRankSumP(m: number, n: number): number {
  let ways = 1;
  for (let k = 1; k <= n; k += 1) ways = (ways * (m + k)) / k;
  return 1 / ways;
}
