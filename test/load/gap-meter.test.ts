import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GapMeter } from '../../src/load/accounting/counts.ts';

function cvOf(timesNs: readonly number[]): number | null {
  const meter = new GapMeter();
  for (const timeNs of timesNs) meter.mark(timeNs);
  return meter.cvRatio();
}

test('even gaps vary by 0 and two marks say nothing', () => {
  assert.equal(cvOf([10, 20, 30, 40]), 0);
  assert.equal(cvOf([10, 20]), null);
  assert.equal(cvOf([]), null);
  assert.equal(cvOf([5, 5, 5]), null);
});

test('a mark at 0, 1 and 4 has gaps 1 and 3: mean 2, deviation 1', () => {
  assert.equal(cvOf([0, 1, 4]), 0.5);
});

test('the running figure is that of all gaps at once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 200 }), (gaps) => {
      let atNs = 1e15;
      const timesNs = [atNs, ...gaps.map((gap) => (atNs += gap))];
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
      assert.ok(Math.abs((cvOf(timesNs) ?? Number.NaN) - deviation / mean) < 1e-9);
    }),
  );
});
