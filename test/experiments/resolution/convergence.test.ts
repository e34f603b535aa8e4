import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalDraw } from '../../../experiments/gate/simulated.ts';
import { convergenceOf } from '../../../experiments/resolution/convergence.ts';
import { createRandom } from '../../../src/stats/random.ts';

/** Blocks of 500 requests that cost 1 in the end, and at first by `excess` more. */
function blocks(excess: number, scale: number, noise: number): number[] {
  const random = createRandom(3);
  return Array.from({ length: 40 }, (_, index) => {
    const warming = 1 + excess * Math.exp(-(index + 0.5) * (500 / scale));
    return warming * Math.exp(noise * normalDraw(random));
  });
}

test('a curve that falls to its end is found to be near it where it is', () => {
  const found = convergenceOf(blocks(0.5, 2_000, 0.01), 500, 0.02);
  const true_ = 2_000 * Math.log(0.5 / 0.02);
  assert.ok(Math.abs((found?.fittedCount ?? 0) / true_ - 1) < 0.15);
  assert.ok(Math.abs((found?.seenCount ?? 0) / true_ - 1) < 0.25);
});

test('a level curve has converged from the start', () => {
  const found = convergenceOf(blocks(0, 2_000, 0), 500, 0.02);
  assert.deepEqual(found, { fittedCount: 0, seenCount: 0, firstRatio: 1 });
});

test('one that still falls at its end is not seen to converge', () => {
  const found = convergenceOf(blocks(1, 15_000, 0), 500, 0.02);
  assert.equal(found?.seenCount, null);
});

test('fewer than eight blocks say nothing', () => {
  assert.equal(convergenceOf([2, 1, 1, 1, 1, 1, 1], 500, 0.02), null);
});
