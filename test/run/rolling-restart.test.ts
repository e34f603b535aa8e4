import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartOf } from '../../src/run/questions/rolling-restart.ts';
import { createHistogram, encode, record } from '../../src/stats/histogram.ts';
import { loadResult } from '../support/load-result.ts';

/** Right answers of each second, in milliseconds; what is due besides is lost. */
function observed(seconds: readonly (readonly number[])[], dueCount: number) {
  const okCount = seconds.flat().length;
  const { counts } = loadResult();
  return {
    result: loadResult({
      counts: { ...counts, scheduledCount: dueCount * seconds.length, okCount },
      outages: [
        { startedAtMs: 2_100, durationMs: 130, unservedCount: 2 },
        { startedAtMs: 4_100, durationMs: 40, unservedCount: 1 },
      ],
      seconds: seconds.map((ok, second) => {
        const notOkCount = dueCount - ok.length;
        const times = { responseP50Ms: 1, responseMaxMs: 1 };
        return { second, scheduledCount: dueCount, okCount: ok.length, notOkCount, ...times };
      }),
    }),
    secondHistograms: seconds.map((ok) => {
      const histogram = createHistogram();
      for (const ms of ok) record(histogram, ms * 1e6);
      return encode(histogram);
    }),
    cpuMs: [],
  };
}

const plan = { ratePerSec: 10, baseSec: 2, everySec: 2 };
const good = Array.from({ length: 10 }, () => 4);

test('lost is what had no right answer, late is right beyond twice the p95 of the seconds before', () => {
  const late = [...good.slice(3), 30, 50];
  const slowBase = [...good.slice(1), 4.5];
  const found = restartOf(observed([good, slowBase, late, good, good, good], 10), plan, 7, []);
  assert.deepEqual(
    [found.scheduledCount, found.lostCount, found.lateCount, found.retriedCount, found.gapMs],
    [60, 1, 2, 7, 130],
  );
  assert.ok(found.limitMs >= 8 && found.limitMs < 10, `${found.limitMs} ms`);
});

test('what was slow before the first SIGTERM is not late', () => {
  const found = restartOf(observed([good, [...good.slice(1), 40], good, good, good, good], 10), plan, 0, []);
  assert.equal(found.lateCount, 0);
});
