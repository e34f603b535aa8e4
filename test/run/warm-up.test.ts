import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStillFalling, warmupParts } from '../../src/run/trial/warm-up.ts';

/** Six parts that nobody looks at, then these. */
function judged(...costs: readonly number[]): boolean | null {
  return isStillFalling([9, 8, 7, 6, 5, 4, ...costs]);
}

test('a warm-up is sent whole, in parts as alike as can be', () => {
  assert.deepEqual(warmupParts(1_600, 12).toSorted(), [...Array(8).fill(133), ...Array(4).fill(134)]);
  assert.deepEqual(warmupParts(5, 12), [1, 1, 1, 1, 1]);
  assert.deepEqual(warmupParts(7, 1), [7]);
});

test('a cost that falls in nearly all pairs of the last parts still falls', () => {
  assert.equal(judged(1.3, 1.25, 1.2, 1.15, 1.1, 1.05), true);
  // Three pairs rise: 1.2 to 1.25, and 1.1 to 1.15 and 1.12.
  assert.equal(judged(1.3, 1.2, 1.25, 1.1, 1.15, 1.12), true);
});

test('a cost that goes up and down, or rises, does not', () => {
  // Four pairs rise.
  assert.equal(judged(1.3, 1.2, 1.25, 1.1, 1.15, 1.18), false);
  assert.equal(judged(1, 1.2, 0.9, 1.3, 0.8, 1.1), false);
  assert.equal(judged(1, 1.1, 1.2, 1.3, 1.4, 1.5), false);
});

test('a fall of less than 3 % does not matter', () => {
  assert.equal(judged(1.025, 1.02, 1.015, 1.01, 1.005, 1), false);
  assert.equal(judged(1.06, 1.05, 1.04, 1.02, 1.01, 1), true);
});

test('fewer than twelve parts say nothing', () => {
  assert.equal(isStillFalling([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]), null);
});
