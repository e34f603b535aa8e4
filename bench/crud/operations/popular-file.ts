import type { Random } from '../../../src/stats/random.ts';
import { fileCount } from '../dataset.ts';

/** YCSB's constant: of 10,000 files the first one gets a tenth of the requests, the first hundred a half. */
const exponent = 0.99;
/** Has no factor in common with the number of files: neighbours in rank are neither neighbours in the table nor of one owner. */
const stride = 7_919;

/** Draws the slot number of a file, some far more often than others. */
export function popularFile(random: Random): () => number {
  const rank = zipfRanks(random, fileCount, exponent);
  return () => (rank() * stride) % fileCount;
}

/**
 * Ranks from 0 below `count`, rank r with a probability proportional to 1 / (r + 1)^exponent, by inversion of the
 * cumulative distribution: one `float` and a binary search a draw.
 */
export function zipfRanks(random: Random, count: number, exponent: number): () => number {
  const cumulative = cumulativeWeights(count, exponent);
  const total = cumulative[count - 1] as number;
  return () => {
    const wanted = random.float() * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] as number) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function cumulativeWeights(count: number, exponent: number): Float64Array {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank += 1) {
    sum += (rank + 1) ** -exponent;
    cumulative[rank] = sum;
  }
  return cumulative;
}
