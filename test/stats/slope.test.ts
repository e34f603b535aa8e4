import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../src/stats/random.ts';
import { slopeEstimate } from '../../src/stats/slope.ts';

const line = (count: number, y: (x: number) => number) => Array.from({ length: count }, (_, x) => ({ x, y: y(x) }));

test('a straight line has its slope and an interval without width', () => {
  assert.deepEqual(
    slopeEstimate(
      line(8, (x) => 3 * x + 1),
      0.95,
    ),
    { value: 3, interval: { low: 3, high: 3 } },
  );
});

test('one wild point does not move it', () => {
  const found = slopeEstimate(
    line(12, (x) => (x === 5 ? 1_000 : 2 * x)),
    0.95,
  );
  assert.equal(found?.value, 2);
});

test('five points carry no interval', () => {
  assert.equal(
    slopeEstimate(
      line(5, (x) => x),
      0.95,
    ),
    null,
  );
});

test('the interval holds the true slope about as often as it claims', () => {
  const random = createRandom(3);
  const noise = () => random.float() + random.float() + random.float() - 1.5;
  let held = 0;
  for (let round = 0; round < 1_000; round += 1) {
    const interval = slopeEstimate(
      line(10, (x) => 0.5 * x + noise()),
      0.95,
    )?.interval;
    if (interval && interval.low <= 0.5 && interval.high >= 0.5) held += 1;
  }
  assert.ok(held >= 925 && held <= 985, String(held));
});
