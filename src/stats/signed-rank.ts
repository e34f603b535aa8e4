import { type Estimate, orderInterval } from './interval.ts';
import { normalBelow } from './normal.ts';
import { median, sortedAscending } from './quantile.ts';
import { cutCount, doubledRanks, type Tails, tailsAt, tieTerm } from './rank.ts';
import { normalQuantile } from './student.ts';

/** Up to this many differences the distribution is counted out, ties and all; above, it is as good as normal. */
const exactCount = 100;

/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945; Hollander, Wolfe and Chicken 2014, section 3.1): the tails of the sum of the
 * ranks of positive differences under symmetry around 0. Zeros are left out, ties share their rank, and up to 100 differences
 * the tails are exact for the ranks as they are; above, normal with the correction for ties and continuity.
 */
export function signedRankTails(differences: readonly number[]): Tails {
  const moved = differences.filter((difference) => difference !== 0);
  const ranks = doubledRanks(moved.map(Math.abs));
  const positive = moved.reduce((sum, difference, index) => (difference > 0 ? sum + (ranks[index] ?? 0) : sum), 0);
  if (moved.length <= exactCount) return tailsAt(distribution(ranks), positive);
  return normalTails(positive / 2, moved);
}

/** P(sum of doubled ranks = index), each rank being in the sum with probability ½. */
function distribution(ranks: readonly number[]): Float64Array {
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

function normalTails(positive: number, moved: readonly number[]): Tails {
  const n = moved.length;
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieTerm(moved.map(Math.abs)) / 48);
  return {
    atMost: normalBelow((positive - mean + 0.5) / deviation),
    atLeast: normalBelow(-(positive - mean - 0.5) / deviation),
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
  return { value, interval: orderInterval(averages, outsideCount(differences.length, levelRatio)) };
}

/** (d_i + d_j) / 2 for all i ≤ j, ascending. */
function walshAverages(differences: readonly number[]): number[] {
  return sortedAscending(
    differences.flatMap((first, index) => differences.slice(index).map((second) => (first + second) / 2)),
  );
}

function outsideCount(n: number, levelRatio: number): number {
  if (n <= exactCount) {
    const untied = distribution(Array.from({ length: n }, (_, index) => index + 1));
    return cutCount(untied, levelRatio);
  }
  const z = normalQuantile((1 + levelRatio) / 2);
  return Math.floor((n * (n + 1)) / 4 - z * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24));
}

/** The least one-sided p that n differences can give: 2⁻ⁿ. */
export function leastSignedRankP(count: number): number {
  return 2 ** -count;
}
