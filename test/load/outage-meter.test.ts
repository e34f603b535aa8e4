import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutageMeter } from '../../src/load/accounting/second-series.ts';

const ms = 1e6;

function outagesOf(served: readonly (readonly [dueMs: number, answeredMs: number])[], unservedMs: readonly number[]) {
  const meter = new OutageMeter(1_000 * ms);
  for (const [dueMs, answeredMs] of served) meter.settle((1_000 + dueMs) * ms, (1_000 + answeredMs) * ms);
  for (const dueMs of unservedMs) meter.settle((1_000 + dueMs) * ms, null);
  return meter.finish().map(({ startedAtMs, durationMs, unservedCount }) => [startedAtMs, durationMs, unservedCount]);
}

test('where everything is served there is no outage', () => {
  assert.deepEqual(
    outagesOf(
      [
        [0, 1],
        [10, 11],
      ],
      [],
    ),
    [],
  );
});

test('an outage lasts from the due time of the first request not served to the first answer after it', () => {
  assert.deepEqual(
    outagesOf(
      [
        [0, 1],
        [40, 43],
        [50, 51],
      ],
      [10, 20, 30],
    ),
    [[10, 33, 3]],
  );
});

test('answers count in the order they came, not in the order they were due', () => {
  assert.deepEqual(
    outagesOf(
      [
        [20, 90],
        [30, 35],
      ],
      [10],
    ),
    [[10, 25, 1]],
  );
});

test('a request lost in flight while later ones are answered is a short outage, found though told late', () => {
  assert.deepEqual(outagesOf([[20, 21]], [10]), [[10, 11, 1]]);
});

test('two crashes are two outages', () => {
  assert.deepEqual(
    outagesOf(
      [
        [30, 31],
        [80, 85],
      ],
      [10, 20, 60],
    ),
    [
      [10, 21, 2],
      [60, 25, 1],
    ],
  );
});

test('an outage that never ends is as long as requests were due in it', () => {
  assert.deepEqual(outagesOf([[0, 1]], [10, 20, 50]), [[10, 40, 3]]);
});
