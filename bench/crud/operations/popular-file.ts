import type { Random } from '../../../src/stats/random.ts';
import { fileCount } from '../dataset.ts';
import { zipfRanks } from './zipf.ts';

/** YCSB's constant: of 10,000 files the first one gets a tenth of the requests, the first hundred a half. */
const exponent = 0.99;
/** Has no factor in common with the number of files: neighbours in rank are neither neighbours in the table nor of one owner. */
const stride = 7_919;

/** Draws the slot number of a file, some far more often than others. */
export function popularFile(random: Random): () => number {
  const rank = zipfRanks(random, fileCount, exponent);
  return () => (rank() * stride) % fileCount;
}
