import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planPairs } from '../../src/ci/pairs.ts';
import { createRandom } from '../../src/stats/random.ts';
import { spec } from '../support/run-result.ts';

const specs = [1, 2, 3, 4, 5, 6].flatMap((repetition) =>
  ['crud-go', 'crud-node-async'].map((implementation) => spec({ implementation, repetition })),
);

test('of two pairs in a row of one cell the second is made the other way round', () => {
  const pairs = planPairs(specs, 'session', createRandom(1).below);
  for (const id of ['crud-go', 'crud-node-async']) {
    const orders = pairs.filter((pair) => pair.spec.implementation === id).map(({ order }) => order[0]);
    for (const first of [0, 2, 4]) assert.notEqual(orders[first], orders[first + 1]);
  }
  assert.deepEqual(
    pairs.map((pair) => pair.spec.pair?.number),
    specs.map(({ repetition }) => repetition),
  );
});

test('the order is drawn from the seed, and both ways to begin occur', () => {
  const begins = (seed: number) =>
    planPairs(specs, 's', createRandom(seed).below)
      .filter((pair) => pair.spec.repetition % 2 === 1)
      .map(({ order }) => order[0]);
  assert.deepEqual(begins(3), begins(3));
  assert.deepEqual(new Set(begins(3)), new Set(['base', 'head']));
});
