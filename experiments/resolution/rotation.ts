import { type Random, shuffled } from '../../src/stats/random.ts';

/**
 * Orders of 0 … n − 1, one for each rotation. In each n of them (2n where n is odd) every place holds each number equally often, and
 * each follows every other equally often (Williams 1949); numbers and rows are drawn anew for each such square.
 */
export function drawRotations(n: number, rotationCount: number, random: Random): number[][] {
  const rows: number[][] = [];
  while (rows.length < rotationCount) rows.push(...drawnSquare(n, random));
  return rows.slice(0, rotationCount);
}

function drawnSquare(n: number, random: Random): number[][] {
  const names = shuffled(countTo(n), random.below);
  const square = n % 2 === 0 ? cyclic(n) : [...cyclic(n), ...cyclic(n).map((row) => row.toReversed())];
  return shuffled(square, random.below).map((row) => row.map((place) => names[place] ?? 0));
}

/** 0, 1, n − 1, 2, n − 2 … and its shifts. */
function cyclic(n: number): number[][] {
  const first = countTo(n).map((place) => (place % 2 === 1 ? (place + 1) / 2 : (n - place / 2) % n));
  return countTo(n).map((shift) => first.map((number) => (number + shift) % n));
}

function countTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index);
}
