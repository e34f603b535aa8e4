import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSchedule, type ScheduleSpec } from '../../src/stats/schedule.ts';

const nsPerSec = 1e9;
const daySec = 86_400;
/** Drawn evenly, where `fc.double` would nearly always mean 0. */
const part = fc.integer({ min: 1, max: 999_983 }).map((millionth) => millionth / 1_000_000);

function spec(given: Partial<ScheduleSpec>): ScheduleSpec {
  return { arrivals: 'constant', ratePerSec: 100, steps: null, seed: 1, ...given };
}

test('a constant schedule is within a nanosecond of index / rate for ten days', () => {
  const milliRate = fc.integer({ min: 1, max: 100_000_000 });
  fc.assert(
    fc.property(milliRate, part, (rate, part) => {
      const index = Math.floor(part * 10 * daySec * (rate / 1000));
      const offsetNs = createSchedule(spec({ ratePerSec: rate / 1000 })).offsetNs(index);
      const exactTimesRate = BigInt(index) * 1_000_000_000_000n;
      const errorTimesRate = BigInt(offsetNs) * BigInt(rate) - exactTimesRate;
      const distance = errorTimesRate < 0n ? -errorTimesRate : errorTimesRate;
      assert.ok(distance <= BigInt(rate), `index ${index}: ${offsetNs}`);
    }),
    { numRuns: 2_000 },
  );
});

test('two a second fall due at 0, 0.5 and 1 s, and one in five seconds at 0 and 5 s', () => {
  const offsets = (ratePerSec: number) => [0, 1, 2].map(createSchedule(spec({ ratePerSec })).offsetNs);
  assert.deepEqual(offsets(2), [0, 500_000_000, 1_000_000_000]);
  assert.deepEqual(offsets(0.2), [0, 5_000_000_000, 10_000_000_000]);
});

test('no schedule ever goes back in time, and due times are whole nanoseconds', () => {
  const rate = fc.double({ min: 0.1, max: 50_000, noNaN: true });
  const steps = fc.array(fc.record({ ratePerSec: rate, durationMs: fc.integer({ min: 1, max: 60_000 }) }), {
    minLength: 1,
    maxLength: 5,
  });
  const arrivals = fc.constantFrom('constant', 'poisson', 'steps', 'ramp');
  fc.assert(
    fc.property(fc.record({ arrivals, ratePerSec: rate, steps, seed: fc.nat() }), (drawn) => {
      const schedule = createSchedule(drawn);
      let previous = 0;
      for (let index = 0; index < 300; index++) {
        const offsetNs = schedule.offsetNs(index);
        assert.ok(Number.isSafeInteger(offsetNs) && offsetNs >= previous);
        previous = offsetNs;
      }
    }),
  );
});

test('steps hold each rate for its duration, and the last one on', () => {
  const steps = [
    { ratePerSec: 10, durationMs: 1_000 },
    { ratePerSec: 100, durationMs: 2_000 },
  ];
  const { offsetNs } = createSchedule(spec({ arrivals: 'steps', steps }));
  assert.equal(offsetNs(9), 0.9 * nsPerSec);
  assert.equal(offsetNs(10), 1 * nsPerSec);
  assert.equal(offsetNs(11), 1.01 * nsPerSec);
  assert.equal(offsetNs(210), 3 * nsPerSec);
  assert.equal(offsetNs(310), 4 * nsPerSec);
});

test('a ramp sends the mean of its two rates and is at the second when its step ends', () => {
  const { offsetNs } = createSchedule(
    spec({ arrivals: 'ramp', ratePerSec: 100, steps: [{ ratePerSec: 300, durationMs: 10_000 }] }),
  );
  // The mean rate is 200/s: 2,000 requests in ten seconds, then 300/s.
  assert.equal(offsetNs(2_000), 10 * nsPerSec);
  assert.equal(offsetNs(2_300), 11 * nsPerSec);
  // After 5 s: 100·5 + 20·25/2 = 750.
  assert.equal(offsetNs(750), 5 * nsPerSec);
});

test('a ramp of several steps goes on from the rate that the step before reached', () => {
  const steps = [
    { ratePerSec: 200, durationMs: 10_000 },
    { ratePerSec: 400, durationMs: 10_000 },
    { ratePerSec: 100, durationMs: 10_000 },
  ];
  const { offsetNs } = createSchedule(spec({ arrivals: 'ramp', ratePerSec: 100, steps }));
  // Areas: 1,500, then 3,000, then 2,500.
  assert.deepEqual(
    [1_500, 4_500, 7_000, 7_100].map(offsetNs),
    [10, 20, 30, 31].map((sec) => sec * nsPerSec),
  );
});

test('a ramp between equal rates is a constant schedule', () => {
  const ramp = createSchedule(
    spec({ arrivals: 'ramp', ratePerSec: 70, steps: [{ ratePerSec: 70, durationMs: 5_000 }] }),
  );
  const constant = createSchedule(spec({ ratePerSec: 70 }));
  for (let index = 0; index < 1_000; index++) {
    assert.ok(Math.abs(ramp.offsetNs(index) - constant.offsetNs(index)) <= 1);
  }
});

test('a ramp follows its integral: the requests due before any instant are the area under the rate', () => {
  const rate = fc.integer({ min: 1, max: 1_000 });
  fc.assert(
    fc.property(rate, rate, part, (from, to, part) => {
      const { offsetNs } = createSchedule(
        spec({ arrivals: 'ramp', ratePerSec: from, steps: [{ ratePerSec: to, durationMs: 100_000 }] }),
      );
      const index = Math.floor(((from + to) / 2) * 100 * part);
      const t = offsetNs(index) / nsPerSec;
      const area = from * t + ((to - from) / 100) * (t * t * 0.5);
      assert.ok(Math.abs(area - index) < 1e-5, `${area} against ${index}`);
    }),
  );
});

test('poisson gaps are exponential with the mean of the rate, from the seed, also asked backwards', () => {
  const poisson = createSchedule(spec({ arrivals: 'poisson', ratePerSec: 1_000, seed: 5 }));
  const again = createSchedule(spec({ arrivals: 'poisson', ratePerSec: 1_000, seed: 5 }));
  const other = createSchedule(spec({ arrivals: 'poisson', ratePerSec: 1_000, seed: 6 }));
  const count = 100_000;
  const offsets = Array.from({ length: count }, (_, index) => poisson.offsetNs(index));
  assert.deepEqual([99_999, 7, 500].map(again.offsetNs), [offsets[99_999], offsets[7], offsets[500]]);
  assert.notEqual(other.offsetNs(50), offsets[50]);

  const gaps = offsets.map((offsetNs, index) => offsetNs - (offsets[index - 1] ?? 0));
  const meanNs = gaps.reduce((sum, gap) => sum + gap, 0) / count;
  const cv = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - meanNs) ** 2, 0) / count) / meanNs;
  assert.ok(Math.abs(meanNs / 1e6 - 1) < 0.01, `mean gap ${meanNs} ns`);
  assert.ok(Math.abs(cv - 1) < 0.02, `coefficient of variation ${cv}`);
  const longerThanMean = gaps.filter((gap) => gap > 1e6).length / count;
  assert.ok(Math.abs(longerThanMean - Math.exp(-1)) < 0.006, `${longerThanMean} of the gaps above the mean`);
});

test('steps and ramps without steps are refused', () => {
  assert.throws(() => createSchedule(spec({ arrivals: 'steps' })), /needs steps/);
  assert.throws(() => createSchedule(spec({ arrivals: 'ramp', steps: [] })), /needs steps/);
});

/** Any schedule, with rates and steps as people give them. */
const anySpec = fc.record({
  arrivals: fc.constantFrom('constant' as const, 'poisson' as const, 'steps' as const, 'ramp' as const),
  ratePerSec: fc.integer({ min: 1, max: 20_000_000 }).map((milliRate) => milliRate / 1000),
  steps: fc.array(
    fc.record({
      ratePerSec: fc.integer({ min: 1, max: 20_000 }),
      durationMs: fc.integer({ min: 1, max: 60_000 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  seed: fc.nat(),
});

test('shares of a sequence are together the sequence, each request once', () => {
  fc.assert(
    fc.property(anySpec, fc.integer({ min: 1, max: 7 }), (drawn, count) => {
      const whole = createSchedule(drawn);
      const shares = Array.from({ length: count }, (_, index) => createSchedule({ ...drawn, share: { index, count } }));
      for (let index = 0; index < 100; index++) {
        assert.equal(shares[index % count]?.offsetNs(Math.floor(index / count)), whole.offsetNs(index));
      }
    }),
  );
});
