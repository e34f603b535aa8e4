import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warmupBelow } from '../../src/run/capacity.ts';

test('a warm-up stays well below what a closed loop reached, and takes ten seconds at most', () => {
  assert.deepEqual(warmupBelow(50_000), { warmupCount: 1_000, warmupRatePerSec: 200 });
  assert.deepEqual(warmupBelow(30), { warmupCount: 150, warmupRatePerSec: 15 });
  assert.deepEqual(warmupBelow(0), { warmupCount: 10, warmupRatePerSec: 1 });
});
