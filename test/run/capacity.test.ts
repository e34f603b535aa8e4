import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { objective as parseObjective } from '../../src/cli/commands/capacity.ts';
import {
  minRatePerSec,
  type Objective,
  stepDurationMs,
  stepOfLoad,
  stepOfTrial,
} from '../../src/run/capacity/objective.ts';
import { type RateStep, searchCapacity } from '../../src/run/capacity/search.ts';
import { warmupBelow } from '../../src/run/questions/subject-load.ts';
import { latency, loadResult } from '../support/load-result.ts';
import { measurement } from '../support/measurement.ts';
import { trialSpec } from '../support/trial-spec.ts';

test('a warm-up stays well below what a closed loop reached, and takes ten seconds at most', () => {
  assert.deepEqual(warmupBelow(50_000), { warmupCount: 1_000, warmupRatePerSec: 200 });
  assert.deepEqual(warmupBelow(30), { warmupCount: 150, warmupRatePerSec: 15 });
  assert.deepEqual(warmupBelow(0), { warmupCount: 10, warmupRatePerSec: 1 });
});

/** A target that holds below `limit`, and a generator that is valid below `generatorLimit`. */
function search(
  limit: number,
  { start = 10, min = 0.5, generatorLimit = Number.POSITIVE_INFINITY, twist = (probe: RateStep) => probe } = {},
) {
  const asked: number[] = [];
  const probe = async (ratePerSec: number): Promise<RateStep> => {
    asked.push(ratePerSec);
    const status = ratePerSec > generatorLimit ? 'unknown' : ratePerSec <= limit ? 'sustained' : 'failed';
    return twist({ ratePerSec, status, reason: `at ${ratePerSec}` });
  };
  return searchCapacity({ startRatePerSec: start, precisionRatio: 0.05, minRatePerSec: min, tryRate: probe }).then(
    (capacity) => ({
      capacity,
      asked,
    }),
  );
}

test('the highest rate that holds is found within 5 %, wherever the search starts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      fc.double({ min: 0.5, max: 1e5, noNaN: true }),
      async (limit, start) => {
        const { capacity, asked } = await search(limit, { start });
        assert.equal(capacity.status, 'found');
        const { ratePerSec } = capacity as { ratePerSec: number };
        // Rates are rounded to three digits.
        assert.ok(ratePerSec <= limit * 1.006 && ratePerSec >= limit / 1.06, `${ratePerSec} for ${limit}`);
        assert.ok(asked.length < 60);
      },
    ),
    { numRuns: 200 },
  );
});

test('what is found was sustained three times, and a tenth more failed', async () => {
  const { capacity, asked } = await search(330);
  assert.ok(capacity.status === 'found');
  assert.ok(asked.filter((rate) => rate === capacity.ratePerSec).length >= 3);
  assert.ok(asked.filter((rate) => rate === capacity.failedRatePerSec).length >= 2);
  assert.ok(capacity.failedRatePerSec / capacity.ratePerSec > 1.09);
});

test('where the generator cannot judge the rate, the target is never called overloaded', async () => {
  const { capacity } = await search(1e9, { generatorLimit: 500 });
  assert.ok(capacity.status === 'at-least');
  assert.ok(capacity.ratePerSec <= 500 && capacity.ratePerSec > 440, `${capacity.ratePerSec}`);
  assert.equal((await search(100, { generatorLimit: 0.1 })).capacity.status, 'unknown');
});

test('a start rate beyond the generator is followed by lower ones', async () => {
  const { capacity } = await search(1e9, { start: 8_000, generatorLimit: 500 });
  assert.ok(capacity.status === 'at-least');
  assert.ok(capacity.ratePerSec <= 500 && capacity.ratePerSec > 440, `${capacity.ratePerSec}`);
  const limited = await search(300, { start: 8_000, generatorLimit: 500 });
  assert.equal(limited.capacity.status, 'found');
});

test('no rate below the minimum is tried', async () => {
  const { capacity, asked } = await search(0, { start: 100, min: 20 });
  assert.deepEqual(asked, [100, 50, 25]);
  assert.deepEqual(capacity, { status: 'below', ratePerSec: 25, reason: 'at 25' });
});

test('one unknown probe is done again', async () => {
  let isFirst = true;
  const { capacity } = await search(100, {
    twist: (probe) => {
      const outcome: RateStep = isFirst ? { ...probe, status: 'unknown' } : probe;
      isFirst = false;
      return outcome;
    },
  });
  assert.equal(capacity.status, 'found');
});

test('a target that holds no rate is below the lowest, one that holds only once is unconfirmed', async () => {
  assert.equal((await search(0.1)).capacity.status, 'below');
  const seen = new Set<number>();
  const { capacity } = await search(100, {
    twist: (probe) => {
      if (probe.status !== 'sustained' || !seen.has(probe.ratePerSec)) {
        seen.add(probe.ratePerSec);
        return probe;
      }
      return { ...probe, status: 'failed' };
    },
  });
  assert.equal(capacity.status, 'unconfirmed');
});

const p99: Objective = { quantile: 'p99', limitMs: 5 };
const counts = loadResult().counts;

test('an objective is a quantile and a time with its unit', () => {
  assert.deepEqual(parseObjective('p99=50ms'), { quantile: 'p99', limitMs: 50 });
  assert.deepEqual(parseObjective('p999=1.5s'), { quantile: 'p999', limitMs: 1500 });
  assert.deepEqual(parseObjective('p50=300us').limitMs, 0.3);
  for (const text of ['', 'p99', 'p99=50', 'p98=50ms', 'p99=0ms', 'p99=-1ms', 'p99=ms'])
    assert.throws(() => parseObjective(text), InvalidArgumentError, text);
});

test('a rate step lasts until its quantile is known', () => {
  assert.equal(stepDurationMs(p99, 10_000, 5_000), 5_000);
  assert.ok(stepDurationMs(p99, 10, 5_000) * 10 >= 1_000_000);
});

test('no rate is tried on the way down whose step would last over a minute, or over the requested length', () => {
  for (const leastMs of [5_000, 600_000]) {
    const lengthMs = stepDurationMs(p99, minRatePerSec(p99, leastMs), leastMs);
    assert.ok(Math.abs(lengthMs - Math.max(60_000, leastMs)) <= 1, `${lengthMs}`);
  }
});

test('a load holds by its quantile, whatever its median', () => {
  assert.equal(stepOfLoad(loadResult({ responseTime: latency(2, { p99Ms: 5 }) }), 1_000, p99).status, 'sustained');
  const slow = stepOfLoad(loadResult({ responseTime: latency(2, { p99Ms: 5.01 }) }), 1_000, p99);
  assert.deepEqual(slow, { ratePerSec: 1_000, status: 'failed', reason: 'p99 5.01 ms' });
});

test('lost answers fail a rate, however quick the others were', () => {
  const lost = loadResult({ counts: { ...counts, okCount: 900, timedOutCount: 100 } });
  assert.equal(stepOfLoad(lost, 1_000, p99).status, 'failed');
});

test("the generator's own trouble is unknown, never the target's failure", () => {
  const { generator } = loadResult();
  const slow = latency(20);
  const busy = loadResult({ responseTime: slow, generator: { ...generator, cpuUserMs: 900 } });
  assert.equal(stepOfLoad(busy, 1_000, p99).status, 'unknown');
  const late = loadResult({ responseTime: slow, generatorDelay: latency(10) });
  assert.equal(stepOfLoad(late, 1_000, p99).status, 'unknown');
  // Lateness can only have made it worse.
  const quick = loadResult({ responseTime: latency(2), generatorDelay: latency(1) });
  assert.equal(stepOfLoad(quick, 1_000, p99).status, 'sustained');
});

test('a quantile that too few requests carry is unknown', () => {
  const few = loadResult({ responseTime: latency(2, { p99Ms: null }) });
  assert.equal(stepOfLoad(few, 1_000, p99).status, 'unknown');
});

test("a trial's status decides whose fault a missed rate was", () => {
  const spec = trialSpec({});
  const base = { spec, startedAt: '2026-01-01T00:00:00.000Z', warnings: [] };
  const measured = { ...base, measurement: measurement({ responseP50Ms: 2 }) };
  const reasons = [{ code: 'x', message: 'why' }];
  const failed = { ...base, status: 'failed', phase: 'measure', message: 'm', logTail: '', measurement: null } as const;
  const statusOf = (trial: Parameters<typeof stepOfTrial>[0]) =>
    stepOfTrial(trial, { quantile: 'p50', limitMs: 5 }).status;
  assert.equal(statusOf({ ...measured, status: 'ok', latencyDiscarded: false }), 'sustained');
  assert.equal(statusOf({ ...measured, status: 'invalid', reasons }), 'unknown');
  assert.equal(statusOf({ ...measured, status: 'overloaded', reasons }), 'failed');
  const late = measurement({ responseP50Ms: 2, lagP50Ms: 1 });
  assert.equal(statusOf({ ...base, measurement: late, status: 'overloaded', reasons }), 'unknown');
  assert.equal(statusOf({ ...failed, code: 'requests-failed' }), 'failed');
  assert.equal(statusOf({ ...failed, code: 'generator-died' }), 'unknown');
});
