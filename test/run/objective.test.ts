import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError } from 'commander';
import { objective as parseObjective } from '../../src/cli/capacity.ts';
import { leastRatePerSec, type Objective, probeLengthMs, probeOfLoad, probeOfTrial } from '../../src/run/objective.ts';
import { latency, loadResult } from '../support/load-result.ts';
import { measurement } from '../support/measurement.ts';
import { trialSpec } from '../support/trial-spec.ts';

const p99: Objective = { quantile: 'p99', limitMs: 5 };
const counts = loadResult().counts;

test('an objective is a quantile and a time with its unit', () => {
  assert.deepEqual(parseObjective('p99=50ms'), { quantile: 'p99', limitMs: 50 });
  assert.deepEqual(parseObjective('p999=1.5s'), { quantile: 'p999', limitMs: 1500 });
  assert.deepEqual(parseObjective('p50=300us').limitMs, 0.3);
  for (const text of ['', 'p99', 'p99=50', 'p98=50ms', 'p99=0ms', 'p99=-1ms', 'p99=ms'])
    assert.throws(() => parseObjective(text), InvalidArgumentError, text);
});

test('a probe lasts until its quantile can be told', () => {
  assert.equal(probeLengthMs(p99, 10_000, 5_000), 5_000);
  assert.ok(probeLengthMs(p99, 10, 5_000) * 10 >= 1_000_000);
});

test('no rate is tried on the way down whose probe would last over a minute, or over the length asked for', () => {
  for (const leastMs of [5_000, 600_000]) {
    const lengthMs = probeLengthMs(p99, leastRatePerSec(p99, leastMs), leastMs);
    assert.ok(Math.abs(lengthMs - Math.max(60_000, leastMs)) <= 1, `${lengthMs}`);
  }
});

test('a load holds by its quantile, whatever its median', () => {
  assert.equal(probeOfLoad(loadResult({ response: latency(2, { p99Ms: 5 }) }), 1_000, p99).status, 'held');
  const slow = probeOfLoad(loadResult({ response: latency(2, { p99Ms: 5.01 }) }), 1_000, p99);
  assert.deepEqual(slow, { ratePerSec: 1_000, status: 'failed', reason: 'p99 5.01 ms' });
});

test('lost answers fail a rate, however quick the others were', () => {
  const lost = loadResult({ counts: { ...counts, okCount: 900, timedOutCount: 100 } });
  assert.equal(probeOfLoad(lost, 1_000, p99).status, 'failed');
});

test("the generator's own trouble is unknown, never the target's failure", () => {
  const { generator } = loadResult();
  const slow = latency(20);
  const busy = loadResult({ response: slow, generator: { ...generator, cpuUserMs: 900 } });
  assert.equal(probeOfLoad(busy, 1_000, p99).status, 'unknown');
  const late = loadResult({ response: slow, wokeLate: latency(10) });
  assert.equal(probeOfLoad(late, 1_000, p99).status, 'unknown');
  // Lateness can only have made it worse.
  const quick = loadResult({ response: latency(2), wokeLate: latency(1) });
  assert.equal(probeOfLoad(quick, 1_000, p99).status, 'held');
});

test('a quantile that too few requests carry is unknown', () => {
  const few = loadResult({ response: latency(2, { p99Ms: null }) });
  assert.equal(probeOfLoad(few, 1_000, p99).status, 'unknown');
});

test("a trial's status decides whose fault a missed rate was", () => {
  const spec = trialSpec({});
  const base = { spec, startedAt: '2026-01-01T00:00:00.000Z', warnings: [] };
  const measured = { ...base, measurement: measurement({ responseP50Ms: 2 }) };
  const reasons = [{ code: 'x', message: 'why' }];
  const failed = { ...base, status: 'failed', phase: 'drive', message: 'm', logTail: '', measurement: null } as const;
  const statusOf = (trial: Parameters<typeof probeOfTrial>[0]) =>
    probeOfTrial(trial, { quantile: 'p50', limitMs: 5 }).status;
  assert.equal(statusOf({ ...measured, status: 'ok', latencyVoid: false }), 'held');
  assert.equal(statusOf({ ...measured, status: 'invalid', reasons }), 'unknown');
  assert.equal(statusOf({ ...measured, status: 'overloaded', reasons }), 'failed');
  const late = measurement({ responseP50Ms: 2, lagP50Ms: 1 });
  assert.equal(statusOf({ ...base, measurement: late, status: 'overloaded', reasons }), 'unknown');
  assert.equal(statusOf({ ...failed, code: 'requests-failed' }), 'failed');
  assert.equal(statusOf({ ...failed, code: 'generator-died' }), 'unknown');
});
