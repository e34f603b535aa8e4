import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantileInterval } from '../../src/stats/interval.ts';
import { createRandom } from '../../src/stats/random.ts';

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test('the median of 100 values lies between the 40th and the 61st (the textbook interval)', () => {
  assert.deepEqual(quantileInterval(oneTo(100), 0.5), { estimate: 50.5, lower: 40, upper: 61 });
});

test('few values bound a high quantile below only', () => {
  const interval = quantileInterval(oneTo(50), 0.99);
  assert.equal(interval?.upper, null);
  assert.ok((interval?.lower ?? 0) >= 45);
});

test('the maximum has no upper bound, and an empty sample has no quantile', () => {
  assert.equal(quantileInterval(oneTo(10), 1)?.upper, null);
  assert.equal(quantileInterval([], 0.5), null);
});

test('the interval holds the true quantile in about 95 of 100 samples', () => {
  const random = createRandom(5);
  const truth = -Math.log(0.1);
  const held = oneTo(400).filter(() => {
    const interval = quantileInterval(
      oneTo(200).map(() => random.exponential()),
      0.9,
    );
    return (interval?.lower ?? 0) <= truth && truth <= (interval?.upper ?? Number.POSITIVE_INFINITY);
  });
  assert.ok(held.length >= 370 && held.length <= 398, `${held.length} of 400`);
});
