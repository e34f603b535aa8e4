import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReasonTally } from '../../src/load/accounting/counts.ts';

test('the most frequent reasons come first, ten at most', () => {
  const tally = new ReasonTally();
  for (let reason = 1; reason <= 20; reason++) {
    for (let times = 0; times < reason; times++) tally.add(`reason ${reason}`);
  }
  const most = tally.most();
  assert.equal(most.length, 10);
  assert.deepEqual(most[0], { reason: 'reason 20', count: 20 });
  assert.deepEqual(most[9], { reason: 'reason 11', count: 11 });
});

test('a target that never gives the same reason twice does not fill the memory', () => {
  const tally = new ReasonTally();
  for (let index = 0; index < 10_000; index++) tally.add(`reason ${index}`);
  assert.deepEqual(tally.most()[0], { reason: 'other reasons', count: 9_500 });
});
