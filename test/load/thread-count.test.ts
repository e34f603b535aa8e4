import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseThreadCount } from '../../src/load/load-team.ts';

test('one thread sends what one can, more only what one cannot, and a core is left for the target', () => {
  assert.equal(chooseThreadCount(100, 16, true), 1);
  assert.equal(chooseThreadCount(20_000, 16, true), 1);
  assert.equal(chooseThreadCount(60_000, 16, true), 3);
  assert.equal(chooseThreadCount(1_000_000, 8, true), 7);
  assert.equal(chooseThreadCount(60_000, 2, true), 1);
  assert.equal(chooseThreadCount(60_000, 1, true), 1);
});

test('what keeps state is sent by one thread at any rate', () => {
  assert.equal(chooseThreadCount(60_000, 16, false), 1);
});
