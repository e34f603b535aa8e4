import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapInterval } from '../../../experiments/gate/bootstrap.ts';
import { createRandom } from '../../../src/stats/random.ts';

test('a bootstrap repeats with its seed and holds the mean of many values about as Student’s interval does', () => {
  const random = createRandom(7);
  const values = Array.from({ length: 400 }, () => random.exponential());
  const mean = (sample: readonly number[]) => sample.reduce((sum, value) => sum + value, 0) / sample.length;
  const interval = () =>
    bootstrapInterval(values, mean, { random: createRandom(1), levelRatio: 0.95, resampleCount: 2_000 });
  const found = interval();
  assert.deepEqual(found, interval());
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / 399 / 400);
  assert.ok(Math.abs((found?.low ?? 0) - (mean(values) - 1.96 * error)) < 0.02);
  assert.ok(Math.abs((found?.high ?? 0) - (mean(values) + 1.96 * error)) < 0.02);
  assert.equal(bootstrapInterval([], mean, { random: createRandom(1), levelRatio: 0.95, resampleCount: 10 }), null);
});
