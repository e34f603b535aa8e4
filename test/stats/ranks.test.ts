import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { normalCdf } from '../../src/stats/distributions.ts';
import { doubledRanks, fisherAtLeast, holm, signTails, type Tails } from '../../src/stats/exact-tests.ts';
import {
  countForNarrowerInterval,
  expectedHalfWidth,
  type Interval,
  isEquivalent,
  medianEstimate,
} from '../../src/stats/interval.ts';
import {
  minRankSumP,
  minSignedRankP,
  rankSumEstimate,
  rankSumTails,
  signedRankEstimate,
  signedRankTails,
} from '../../src/stats/rank-tests.ts';

/** SciPy's values: test/stats/data/generate.py wrote them, and each file names version and call. */
function cases<T>(name: string): T[] {
  const path = join(import.meta.dirname, 'data', `${name}.json`);
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: T[] }).cases;
}

function assertNear(actual: number, expected: number, toleranceRatio: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= toleranceRatio * Math.abs(expected) + 1e-14,
    `${what}: ${actual}, not ${expected}`,
  );
}

function assertTails(actual: Tails, expected: Tails, what: string): void {
  assertNear(actual.atLeast, expected.atLeast, 1e-9, `${what}, at least`);
  assertNear(actual.atMost, expected.atMost, 1e-9, `${what}, at most`);
}

test('ties share the mean of their ranks', () => {
  assert.deepEqual(doubledRanks([3, 1, 3, 2, 3]), [8, 2, 8, 4, 8]);
});

test('signed-rank tails are SciPy’s: exact, exact with ties and zeros, and normal above 100', () => {
  for (const { differences, method, ...p } of cases<Tails & { differences: number[]; method: string }>('signed-rank')) {
    assertTails(signedRankTails(differences), p, `${method} of ${differences.length}`);
  }
});

test('rank-sum tails are SciPy’s: exact, exact with ties, and normal above 80', () => {
  for (const { a, b, method, ...p } of cases<Tails & { a: number[]; b: number[]; method: string }>('rank-sum')) {
    assertTails(rankSumTails(a, b), p, `${method} of ${a.length} and ${b.length}`);
  }
});

test('ten against ten with U = 20 has the two-sided exact p 0.0232306', () => {
  const [a, b] = [
    [1, 2, 3, 4, 5, 6, 7, 8, 19, 20],
    [9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
  ];
  const u = b.flatMap((y) => a.filter((x) => x > y)).length;
  assert.equal(u, 20);
  assertNear(2 * rankSumTails(a, b).atLeast, 0.0232306, 1e-5, 'p');
});

interface IntervalCase {
  readonly differences?: number[];
  readonly a?: number[];
  readonly b?: number[];
  readonly value: number;
  readonly interval: [number, number];
}

test('Hodges–Lehmann intervals are the shifts that SciPy’s exact tests do not reject', () => {
  for (const { differences, a = [], b = [], value, interval } of cases<IntervalCase>('intervals')) {
    const estimate = differences ? signedRankEstimate(differences, 0.95) : rankSumEstimate(a, b, 0.95);
    assert.ok(estimate?.interval, `an interval of ${differences?.length ?? a.length}`);
    assertNear(estimate.value, value, 1e-12, 'estimate');
    assertNear(estimate.interval.low, interval[0], 1e-12, 'low');
    assertNear(estimate.interval.high, interval[1], 1e-12, 'high');
  }
});

test('the depression scores of Hollander and Wolfe (table 3.1): p 0.0195, estimate −0.46, interval −0.786 to −0.010', () => {
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const differences = after.map((value, index) => value - (before[index] ?? 0));
  assertNear(signedRankTails(differences).atMost, 0.01953, 1e-3, 'p');
  const estimate = signedRankEstimate(differences, 0.95);
  assertNear(estimate?.value ?? 0, -0.46, 1e-9, 'estimate');
  assertNear(estimate?.interval?.low ?? 0, -0.786, 1e-9, 'low');
  assertNear(estimate?.interval?.high ?? 0, -0.01, 1e-9, 'high');
});

test('the membranes of Hollander and Wolfe (table 4.1): p 0.1272, estimate 0.305, interval −0.15 to 0.76', () => {
  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early = [1.15, 0.88, 0.9, 0.74, 1.21];
  assertNear(rankSumTails(early, atTerm).atLeast, 0.1272, 1e-3, 'p');
  const estimate = rankSumEstimate(early, atTerm, 0.95);
  assertNear(estimate?.value ?? 0, 0.305, 1e-9, 'estimate');
  assertNear(estimate?.interval?.low ?? 0, -0.15, 1e-9, 'low');
  assertNear(estimate?.interval?.high ?? 0, 0.76, 1e-9, 'high');
});

/** Greatest sums still rejected at 5 % two-sided, from the tables of Wilcoxon and Mann–Whitney in any textbook. */
test('intervals leave out as many values as the published critical values say', () => {
  const wilcoxon = new Map([
    [6, 0],
    [8, 3],
    [10, 8],
    [12, 13],
    [15, 25],
    [20, 52],
    [25, 89],
    [30, 137],
  ]);
  for (const [n, critical] of wilcoxon) {
    // Powers of two: every Walsh average is another number.
    const differences = Array.from({ length: n }, (_, index) => 2 ** index);
    const walsh = differences.flatMap((x, i) => differences.slice(i).map((y) => (x + y) / 2)).sort((x, y) => x - y);
    assert.equal(signedRankEstimate(differences, 0.95)?.interval?.low, walsh[critical], `${n}`);
  }
  const mannWhitney: [number, number][] = [
    [4, 0],
    [5, 2],
    [8, 13],
    [10, 23],
    [20, 127],
  ];
  for (const [n, critical] of mannWhitney) {
    const a = Array.from({ length: n }, (_, index) => index * n * n);
    const b = Array.from({ length: n }, (_, index) => index);
    const shifts = b.flatMap((y) => a.map((x) => y - x)).sort((x, y) => x - y);
    assert.equal(rankSumEstimate(a, b, 0.95)?.interval?.low, shifts[critical], `${n}`);
  }
});

test('five pairs, or three trials a side, have no interval of 95 % and can never reach 0.05 two-sided', () => {
  assert.equal(signedRankEstimate([1, 2, 3, 4, 5], 0.95)?.interval, null);
  assert.equal(rankSumEstimate([1, 2, 3], [4, 5, 6], 0.95)?.interval, null);
  assert.equal(minSignedRankP(5), 1 / 32);
  assertNear(minRankSumP(3, 3), 1 / 20, 1e-12, 'least p');
});

test('nothing but equal pairs is no change with certainty', () => {
  assert.deepEqual(signedRankTails([0, 0, 0, 0, 0, 0]), { atMost: 1, atLeast: 1 });
  assert.deepEqual(signedRankEstimate([0, 0, 0, 0, 0, 0], 0.95), { value: 0, interval: { low: 0, high: 0 } });
  assert.equal(signedRankEstimate([], 0.95), null);
  assert.equal(rankSumEstimate([], [1], 0.95), null);
});

test('the sign test and Fisher’s test are SciPy’s', () => {
  for (const { count, positiveCount, ...p } of cases<Tails & { count: number; positiveCount: number }>('sign-test')) {
    assertTails(
      signTails(Array.from({ length: count }, (_, i) => (i < positiveCount ? 1 : -1))),
      p,
      `${positiveCount} of ${count}`,
    );
  }
  for (const { base, head, p } of cases<{ base: [number, number]; head: [number, number]; p: number }>('fisher')) {
    const [before, after] = [base, head].map(([errorCount, totalCount]) => ({ errorCount, totalCount }));
    assert.ok(before && after);
    assertNear(fisherAtLeast(before, after), p, 1e-8, `${base} against ${head}`);
  }
});

test('the median’s interval and the normal distribution are SciPy’s', () => {
  for (const { values, value, interval } of cases<{ values: number[]; value: number; interval: [number, number] }>(
    'median',
  )) {
    const estimate = medianEstimate(values, 0.95);
    assertNear(estimate?.value ?? 0, value, 1e-12, 'median');
    assert.deepEqual(estimate?.interval, { low: interval[0], high: interval[1] }, `${values.length}`);
  }
  assert.equal(medianEstimate([1, 2, 3, 4, 5], 0.95)?.interval, null);
  for (const { z, below } of cases<{ z: number; below: number }>('normal')) {
    assert.ok(Math.abs(normalCdf(z) - below) < 1e-14, `${z}`);
  }
});

/** Worked in R: p.adjust(c(0.01, 0.04, 0.03, 0.005), 'holm'). */
test('Holm’s adjustment is R’s, in the order given, and never above 1', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  for (const [index, expected] of [0.03, 0.06, 0.06, 0.02].entries())
    assertNear(adjusted[index] ?? 0, expected, 1e-12, 'p');
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

test('equivalence needs the whole interval inside', () => {
  const within = (low: number, high: number) => isEquivalent({ low, high } satisfies Interval, 0.02);
  assert.equal(within(-0.01, 0.019), true);
  assert.equal(within(-0.01, 0.021), false);
  assert.equal(within(-0.02, 0.01), false);
});

test('an interval half as wide takes four times as many pairs', () => {
  const halfWidth = expectedHalfWidth(0.04, 16, 0.95);
  assertNear(expectedHalfWidth(0.04, countForNarrowerInterval(16, 2), 0.95), halfWidth / 2, 1e-12, 'half width');
  // Student's would be 1.96 × 0.04 ÷ √16; ranks need π ÷ 3 times as many pairs.
  assertNear(halfWidth, (1.959964 * 0.04 * Math.sqrt(Math.PI / 3)) / 4, 1e-6, 'half width');
});
