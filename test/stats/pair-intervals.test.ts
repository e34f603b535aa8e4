import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type BlockedValue, connectedTreatments, fitBlocks } from '../../src/stats/block-design.ts';
import { pairIntervals } from '../../src/stats/pair-intervals.ts';
import { allPairsCriticalValue, baselineCriticalValue, equalSpreadP } from '../../src/stats/simultaneous.ts';

interface Analysis {
  readonly values: readonly BlockedValue[];
  readonly degreesOfFreedom: number;
  readonly errorVariance: number;
  readonly pairs: readonly { first: number; second: number; estimate: number; low: number; high: number }[];
}

/** Made by SciPy and statsmodels; `source` says which. */
const published = JSON.parse(readFileSync(new URL('data/simultaneous.json', import.meta.url), 'utf8')) as {
  readonly studentizedRange: readonly { meanCount: number; degreesOfFreedom: number; quantile: number }[];
  readonly dunnett: readonly {
    comparisonCount: number;
    degreesOfFreedom: number;
    correlation: number;
    quantile: number;
  }[];
  readonly complete: Analysis;
  readonly lost: Analysis;
  readonly bartlett: { readonly variances: readonly number[]; readonly degreesOfFreedom: number; readonly p: number };
};

function isNear(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test('the quantiles of the studentised range are those of SciPy', () => {
  for (const { meanCount, degreesOfFreedom, quantile } of published.studentizedRange) {
    // Between whole degrees they are interpolated.
    const tolerance = Number.isInteger(degreesOfFreedom) ? 1e-4 : 5e-3;
    const value = allPairsCriticalValue(0.95, meanCount, degreesOfFreedom) * Math.SQRT2;
    isNear(value / quantile, 1, tolerance);
  }
});

test('the quantiles of Dunnett’s comparisons with a baseline are those of the integral', () => {
  for (const { quantile, ...comparisons } of published.dunnett) {
    isNear(baselineCriticalValue(0.95, comparisons) / quantile, 1, 1e-4);
  }
});

test('Bartlett’s test is that of SciPy, and one sample or no spread at all has nothing to differ', () => {
  const { variances, degreesOfFreedom, p } = published.bartlett;
  isNear(equalSpreadP(variances.map((variance) => ({ variance, degreesOfFreedom }))), p, 1e-6);
  assert.equal(equalSpreadP([{ variance: 3, degreesOfFreedom: 2 }]), 1);
  assert.equal(equalSpreadP([0, 0].map((variance) => ({ variance, degreesOfFreedom: 2 }))), 1);
});

for (const name of ['complete', 'lost'] as const) {
  test(`effects, error and intervals of ${name} blocks are those of least squares in statsmodels`, () => {
    const { values, degreesOfFreedom, errorVariance, pairs } = published[name];
    const fit = fitBlocks(values, 4);
    assert.equal(fit.degreesOfFreedom, degreesOfFreedom);
    isNear(fit.errorVariance ?? 0, errorVariance, 1e-7);
    const intervals = pairIntervals(values, 4, { levelRatio: 0.95, baseline: null });
    for (const { first, second, estimate, low, high } of pairs) {
      const between = intervals?.between(first, second);
      isNear(between?.estimate ?? 0, estimate, 1e-5);
      // Never narrower than Tukey's: wider where the spreads were found unlike.
      const tolerance = intervals?.areSpreadsAlike === true ? 1e-4 : 0.2;
      isNear(between?.low ?? 0, low, tolerance);
      assert.ok((between?.low ?? 0) <= low + 1e-4 && (between?.high ?? 0) >= high - 1e-4);
    }
  });
}

/** Treatment 0 varies wildly from block to block, the others hardly. */
const unlike: readonly BlockedValue[] = [3, -4, 4, -3, 0.5].flatMap((wild, block) => [
  { treatment: 0, block, value: wild },
  { treatment: 1, block, value: 1 + 0.1 * ((block * 2) % 5) },
  { treatment: 2, block, value: 2 - 0.1 * ((block * 3) % 5) },
  { treatment: 3, block, value: 3 + 0.1 * ((block * 4) % 5) },
]);

test('where one spreads unlike the others, its own intervals are wider than the pooled ones, and no other is narrower', () => {
  const intervals = pairIntervals(unlike, 4, { levelRatio: 0.95, baseline: null });
  const fit = fitBlocks(unlike, 4);
  const pooled = allPairsCriticalValue(0.95, 4, fit.degreesOfFreedom) * Math.sqrt(((fit.errorVariance ?? 0) * 2) / 5);
  const half = (a: number, b: number) => {
    const { low, high } = intervals?.between(a, b) ?? { low: 0, high: 0 };
    return (high - low) / 2;
  };
  assert.equal(intervals?.areSpreadsAlike, false);
  assert.ok(half(0, 1) > pooled * 1.2, `${half(0, 1)} of ${pooled}`);
  isNear(half(1, 2), pooled, 1e-6);
});

test('against a baseline two others are compared by what their own intervals imply', () => {
  const { values } = published.complete;
  const all = pairIntervals(values, 4, { levelRatio: 0.95, baseline: null });
  const one = pairIntervals(values, 4, { levelRatio: 0.95, baseline: 0 });
  const width = (between: { low: number; high: number } | undefined) => (between?.high ?? 0) - (between?.low ?? 0);
  assert.equal(one?.method, 'dunnett');
  assert.ok(width(one?.between(0, 2)) < width(all?.between(0, 2)));
  isNear(width(one?.between(1, 2)), width(one?.between(0, 1)) + width(one?.between(0, 2)), 1e-9);
  isNear(one?.between(1, 2).estimate ?? 0, all?.between(1, 2).estimate ?? 1, 1e-9);
});

test('there are no intervals without two treatments or an error to judge by', () => {
  const value = (treatment: number, block: number) => ({ treatment, block, value: treatment + block });
  const options = { levelRatio: 0.95, baseline: null };
  assert.equal(pairIntervals([value(0, 1), value(0, 2)], 1, options), null);
  assert.equal(pairIntervals([value(0, 1), value(1, 1)], 2, options), null);
});

test('treatments are connected by common blocks, also through others', () => {
  const value = (treatment: number, block: number) => ({ treatment, block, value: 0 });
  const chain = [value(0, 1), value(1, 1), value(1, 2), value(2, 2), value(3, 9)];
  assert.deepEqual([...connectedTreatments(chain)].sort(), [0, 1, 2]);
});
