import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoadResult } from '../../src/model/load-result.ts';
import type { Measurement, Trial } from '../../src/model/trial.ts';
import { classifyTrial } from '../../src/run/trial/classify-trial.ts';
import { assembleMeasurement, type WindowRecord } from '../../src/run/trial/observations.ts';
import { latency, loadResult } from '../support/load-result.ts';
import { trialSpec } from '../support/trial-spec.ts';
import { windowRecord } from '../support/virtual-environment.ts';

interface Seen {
  readonly load?: Partial<LoadResult>;
  readonly window?: Partial<WindowRecord>;
  readonly slowdownFactor?: number;
}

function classified({ load, window, slowdownFactor = 1 }: Seen): Trial {
  const spec = trialSpec();
  const measurement = assembleMeasurement(spec, {
    targetLog: '',
    startupMs: 100,
    slowdownFactor: slowdownFactor,
    load: loadResult(load),
    window: windowRecord(window),
  }) as Measurement;
  return classifyTrial({ spec, startedAt: '2026-01-01T00:00:00.000Z', measurement, warnings: [], targetLog: 'log' });
}

function reasonCodes(trial: Trial): string[] {
  return trial.status === 'invalid' || trial.status === 'overloaded' ? trial.reasons.map(({ code }) => code) : [];
}

const counts = loadResult().counts;

test('a quiet trial is ok', () => {
  assert.equal(classified({}).status, 'ok');
});

test('one wrong answer in a thousand fails the trial', () => {
  const trial = classified({ load: { counts: { ...counts, okCount: 999, wrongCount: 1 } } });
  assert.ok(trial.status === 'failed');
  assert.equal(trial.code, 'wrong-answers');
});

test('a wrong answer outweighs a noisy machine: the target is not acquitted', () => {
  assert.equal(
    classified({ load: { counts: { ...counts, okCount: 999, wrongCount: 1 } }, slowdownFactor: 9 }).status,
    'failed',
  );
});

test('a generator that is out of CPU makes the trial invalid', () => {
  const trial = classified({ window: { generator: { userMs: 700, systemMs: 150, runDelayMs: 0 } } });
  assert.equal(trial.status, 'invalid');
  assert.deepEqual(reasonCodes(trial), ['generator-busy']);
});

test('due requests that were not sent though connections were free are the generator’s fault', () => {
  const trial = classified({ load: { counts: { ...counts, sentCount: 990, okCount: 990, unsentCount: 10 } } });
  assert.deepEqual(reasonCodes(trial), ['too-few-sent']);
});

test('due requests that were not sent because connections were taken are the target’s fault', () => {
  const trial = classified({
    load: { counts: { ...counts, sentCount: 900, okCount: 900, unsentCount: 100 }, connectionWait: latency(40) },
  });
  assert.equal(trial.status, 'overloaded');
  assert.deepEqual(reasonCodes(trial), ['rate-not-sustained', 'connections-busy']);
});

test('stolen CPU and a slow spin make a trial invalid, each with its reason', () => {
  const trial = classified({ window: { stealRatio: 0.2 }, slowdownFactor: 2 });
  assert.deepEqual(reasonCodes(trial), ['slow-machine', 'stolen-cpu']);
});

test('a disk that stood still while connections were taken is the machine’s fault, not an overload', () => {
  const held = { load: { connectionWait: latency(40) } };
  assert.equal(classified(held).status, 'overloaded');
  assert.deepEqual(reasonCodes(classified({ ...held, window: { psiIoFullMs: 300 } })), ['disk-stalled']);
  assert.equal(classified({ window: { psiIoFullMs: 300 } }).status, 'ok');
});

test('time-outs beyond one in two hundred are an overload', () => {
  const trial = classified({ load: { counts: { ...counts, okCount: 994, timedOutCount: 6 } } });
  assert.equal(trial.status, 'overloaded');
});

test('the target’s own run delay is no reason: it grows with the effect looked for', () => {
  assert.equal(classified({ window: { target: { userMs: 40, systemMs: 10, runDelayMs: 900 } } }).status, 'ok');
});

test('a late p99 discards the latency only above both two milliseconds and a quarter of the response', () => {
  const late = (p99Ms: number) =>
    classified({ load: { responseTime: latency(12), generatorDelay: latency(0.1, { p99Ms }) } });
  const voids = [2.5, 3.5].map((p99Ms) => {
    const trial = late(p99Ms);
    return trial.status === 'ok' && trial.latencyDiscarded;
  });
  assert.deepEqual(voids, [false, true]);
});

test('CPU that no role used is a warning', () => {
  const trial = classified({ window: { machineCpuMs: 300 } });
  assert.deepEqual(
    trial.warnings.map(({ code }) => code),
    ['other-cpu'],
  );
});
