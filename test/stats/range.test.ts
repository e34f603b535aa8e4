import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitLine, median, quantile, rangeCoverageRatio, rangeOf } from '../../src/stats/descriptive.ts';
import { normalQuantile, studentQuantile } from '../../src/stats/distributions.ts';

test('a median is the middle value, or the mean of the two middle ones, or unknown', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([]), null);
});

test('quantiles are those of NumPy’s default', () => {
  const values = [15, 20, 35, 40, 50];
  assert.equal(quantile(values, 0.4), 29);
  assert.equal(quantile(values, 0), 15);
  assert.equal(quantile(values, 1), 50);
});

test('a range leaves out what is unknown and leaves its argument as it was', () => {
  const values = [3, null, 1, 2];
  assert.deepEqual(rangeOf(values), { median: 2, min: 1, max: 3, values: [3, 1, 2] });
  assert.deepEqual(values, [3, null, 1, 2]);
  assert.equal(rangeOf([null]), null);
});

test('the range of three holds the true median three times in four', () => {
  assert.equal(rangeCoverageRatio(3), 0.75);
  assert.equal(rangeCoverageRatio(1), 0);
});

test('quantiles of the normal and of Student’s distribution agree with published tables', () => {
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959964) < 1e-6);
  assert.ok(Math.abs(normalQuantile(0.001) + 3.090232) < 1e-6);
  const table = new Map([
    [1, 12.706],
    [2, 4.3027],
    [3, 3.1824],
    [4, 2.7764],
    [10, 2.2281],
    [30, 2.0423],
  ]);
  for (const [degrees, expected] of table) {
    const actual = studentQuantile(0.975, degrees);
    assert.ok(Math.abs(actual / expected - 1) < 0.002, `${degrees}: ${actual} is not ${expected}`);
  }
});

test('a line is fitted through its points, and not where all stand above one another', () => {
  assert.deepEqual(
    fitLine([
      { x: 0, y: 3 },
      { x: 1, y: 5 },
      { x: 2, y: 7 },
    ]),
    { intercept: 3, slope: 2 },
  );
  assert.equal(
    fitLine([
      { x: 1, y: 5 },
      { x: 1, y: 7 },
    ]),
    null,
  );
  assert.equal(fitLine([]), null);
});
