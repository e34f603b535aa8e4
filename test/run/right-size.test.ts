import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Limit, type LimitStep, leastLimit, leastPair, stepUnder } from '../../src/run/questions/right-size.ts';
import { toldMemoryLimit } from '../../src/run/questions/told-limit.ts';
import { measurement } from '../support/measurement.ts';
import { trialSpec } from '../support/trial-spec.ts';

const mib = 2 ** 20;
const noLimit: Limit = { cpuCount: null, memoryBytes: null };

/** A program that needs so much, and a machine that can tell above `knownFrom`. */
async function search(needed: number, { start = 256 * mib, max = 4_096 * mib, knownFrom = 0 } = {}) {
  const tried: number[] = [];
  const least = await leastLimit({
    ...{ startValue: start, maxValue: max },
    async tryValue(value) {
      tried.push(value);
      const status = value < knownFrom ? 'unknown' : value >= needed ? 'sustained' : 'failed';
      return { limit: noLimit, status, reason: `at ${Math.round(value / mib)} MiB` };
    },
  });
  return { least, tried };
}

test('the least that holds is found within 6 %, from above and from below', async () => {
  for (const start of [20, 64, 70, 300, 2_000]) {
    const { least, tried } = await search(64 * mib, { start: start * mib });
    assert.equal(least.status, 'found');
    const { value, failedValue } = least as { value: number; failedValue: number };
    assert.ok(value >= 64 * mib && value <= 64 * 1.06 * mib, `${value / mib} MiB from ${start}`);
    assert.ok(failedValue < 64 * mib);
    assert.ok(tried.length <= 22, `${tried.length} steps`);
  }
});

test('what needs more than the machine has is above the most that was tried', async () => {
  const { least, tried } = await search(9_000 * mib);
  assert.equal(least.status, 'above');
  assert.ok(Math.max(...tried) <= 4_096 * mib);
});

test('where it cannot be decided, what holds is no least', async () => {
  const { least } = await search(64 * mib, { knownFrom: 100 * mib });
  assert.ok(least.status === 'not-below' && least.value >= 100 * mib && least.value < 110 * mib);
});

/** Holds where both are at least so much, to a millionth. */
function needing(cpuCount: number, memoryBytes: number, tried: Limit[] = []) {
  return async (limit: Limit): Promise<LimitStep> => {
    tried.push(limit);
    const holds = (limit.cpuCount ?? 0) >= cpuCount - 1e-6 && (limit.memoryBytes ?? 0) >= memoryBytes;
    return { limit, status: holds ? 'sustained' : 'failed', reason: 'too little' };
  };
}

test('both limits are raised together until they hold three times', async () => {
  const tried: Limit[] = [];
  const pair = await leastPair({ cpuCount: 0.2, memoryBytes: 64 * mib }, needing(0.215, 65 * mib, tried));
  assert.ok(pair.status === 'found' && Math.abs(pair.raisedRatio - 0.1025) < 1e-9);
  assert.equal(tried.length, 5);
  assert.equal((pair.limit.memoryBytes ?? 0) % 4_096, 0);
});

test('a pair that never holds ends', async () => {
  const pair = await leastPair({ cpuCount: 0.2, memoryBytes: 64 * mib }, needing(9, 9_000 * mib));
  assert.deepEqual(pair, { status: 'not-found', reason: 'too little' });
});

test('a step that failed says what its limits did', () => {
  const warnings = [{ code: 'limited', message: 'throttled in 40 periods', advice: null }];
  const base = { spec: trialSpec({}), startedAt: '2026-01-01T00:00:00.000Z', warnings };
  const trial = {
    ...base,
    measurement: measurement({ responseP50Ms: 8 }),
    status: 'ok',
    latencyDiscarded: false,
  } as const;
  assert.equal(stepUnder(noLimit, trial, { quantile: 'p50', limitMs: 5 }).reason, 'p50 8 ms; throttled in 40 periods');
  assert.equal(stepUnder(noLimit, trial, { quantile: 'p50', limitMs: 9 }).reason, 'p50 8 ms');
});

test('a step that failed and cost much more CPU than without a limit struggled for memory', () => {
  const base = { spec: trialSpec({}), startedAt: '2026-01-01T00:00:00.000Z', warnings: [] };
  const costly = measurement({ responseP50Ms: 8, cpuPerRequestMs: 1.2 });
  const trial = { ...base, measurement: costly, status: 'ok', latencyDiscarded: false } as const;
  const objective = { quantile: 'p50', limitMs: 5 } as const;
  const memory: Limit = { cpuCount: null, memoryBytes: 32 * mib };
  assert.match(
    stepUnder(memory, trial, objective, 0.5).reason,
    /CPU per request 2\.4 times .*: it struggles for memory/,
  );
  assert.equal(stepUnder(memory, trial, objective, 1).reason, 'p50 8 ms');
  assert.equal(stepUnder({ cpuCount: 0.5, memoryBytes: null }, trial, objective, 0.5).reason, 'p50 8 ms');
});

test('runtimes are told of their memory as an expert would, each heap of its share', () => {
  const node = { runtime: { name: 'node', versionCommand: ['node'] }, model: 'event-loop', env: {} };
  const go = { ...node, runtime: { name: 'go', versionCommand: ['go'] } };
  const python = { ...node, runtime: { name: 'cpython', versionCommand: ['python3'] } };
  assert.deepEqual(toldMemoryLimit(go, 100 * mib, 2), { GOMEMLIMIT: '90MiB' });
  assert.deepEqual(toldMemoryLimit(node, 100 * mib, 2), { NODE_OPTIONS: '--max-old-space-size=75' });
  const processes = { ...node, model: 'processes', env: { NODE_OPTIONS: '--no-warnings' } };
  assert.deepEqual(toldMemoryLimit(processes, 100 * mib, 2), { NODE_OPTIONS: '--no-warnings --max-old-space-size=37' });
  assert.equal(toldMemoryLimit(python, 100 * mib, 2), null);
});
