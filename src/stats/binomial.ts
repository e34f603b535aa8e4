import { logChoose } from './choose.ts';

/** P(X = k) for every k from 0 to n of n fair coins. */
export function fairCoins(n: number): Float64Array {
  return Float64Array.from({ length: n + 1 }, (_, k) => Math.exp(logChoose(n, k) - n * Math.LN2));
}
