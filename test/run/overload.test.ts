import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overloadOf } from '../../src/run/questions/overload.ts';
import { createHistogram, encode, record } from '../../src/stats/histogram.ts';
import { loadResult } from '../support/load-result.ts';

interface Second {
  /** Of the requests that got a right answer. */
  readonly responseMs: readonly number[];
  /** Due, and left without an answer until the time-out. */
  readonly timedOutCount?: number;
  /** Due, and told so. */
  readonly refusedCount?: number;
  readonly cpuMs?: number | null;
}

const plan = { basePerSec: 100, burstPerSec: 900, baseSec: 3, burstSec: 2, watchSec: 10 };

function observed(seconds: readonly Second[]) {
  const sum = (key: 'timedOutCount' | 'refusedCount') => seconds.reduce((total, one) => total + (one[key] ?? 0), 0);
  const { counts } = loadResult();
  const result = loadResult({
    counts: { ...counts, refusedCount: sum('refusedCount'), timedOutCount: sum('timedOutCount') },
    seconds: seconds.map(({ responseMs, timedOutCount = 0, refusedCount = 0 }, second) => {
      const notOkCount = timedOutCount + refusedCount;
      const scheduledCount = responseMs.length + notOkCount;
      return { second, scheduledCount, okCount: responseMs.length, notOkCount, responseP50Ms: 1, responseMaxMs: 1 };
    }),
  });
  const secondHistograms = seconds.map(({ responseMs, timedOutCount = 0 }) => {
    const histogram = createHistogram();
    for (const ms of responseMs) record(histogram, ms * 1e6);
    for (let count = 0; count < timedOutCount; count++) record(histogram, 5_000e6);
    return encode(histogram);
  });
  return { result, secondHistograms, cpuMs: seconds.map(({ cpuMs = 100 }) => cpuMs) };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const good: Second = { responseMs: times(100, 4) };
const late: Second = { responseMs: [...times(94, 4), ...times(6, 9)] };
const nearlyGood: Second = { responseMs: [...times(95, 4), ...times(5, 900)] };
const burst: Second = { responseMs: [...times(200, 7), ...times(100, 2_000)], timedOutCount: 500, refusedCount: 100 };

test('it is well again in the first of five seconds in which 95 % of what is due is in time', () => {
  const after = [late, good, good, late, nearlyGood, good, good, good, good, good];
  const found = overloadOf(observed([good, good, good, burst, burst, ...after]), plan);
  assert.ok(Math.abs(found.limitMs - 8) < 0.02, `${found.limitMs}`);
  assert.equal(found.recoveredAfterSec, 4);
});

test('four good seconds at the end are no recovery', () => {
  const after = [...times(6, late), ...times(4, good)];
  assert.equal(overloadOf(observed([good, good, good, burst, burst, ...after]), plan).recoveredAfterSec, null);
});

test('goodput counts what is right and in time, by what was due', () => {
  const found = overloadOf(observed([good, good, good, burst, burst, ...times(10, good)]), plan);
  assert.deepEqual(
    [found.burst.scheduledPerSec, found.burst.rightPerSec, found.burst.inTimePerSec, found.base.inTimePerSec],
    [900, 300, 200, 100],
  );
  assert.deepEqual(found.notServed, { refusedCount: 200, leftCount: 1_000 });
});

test('a second without an answer is not in time, and CPU recovers apart from the latency', () => {
  const silent: Second = { responseMs: [], timedOutCount: 100, cpuMs: 1 };
  const dear: Second = { ...good, cpuMs: 201 };
  const after = [silent, dear, dear, ...times(7, good)];
  const found = overloadOf(observed([good, good, good, burst, burst, ...after]), plan);
  assert.equal(found.recoveredAfterSec, 1);
  assert.equal(found.cpuRecoveredAfterSec, 3);
});

test('what timed out is never in time, however slow the base was', () => {
  const slow: Second = { responseMs: times(100, 4_000) };
  const dying: Second = { responseMs: times(50, 10), timedOutCount: 50 };
  const found = overloadOf(observed([slow, slow, slow, burst, burst, ...times(10, dying)]), plan);
  assert.equal(found.recoveredAfterSec, null);
});
