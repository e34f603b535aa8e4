import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessGenerator } from '../../src/model/generator-assessment.ts';
import type { Latency, LoadResult } from '../../src/model/load-result.ts';
import { latency, loadResult } from '../support/load-result.ts';

const { counts, generator } = loadResult();

function codesOf(change: Partial<LoadResult>, coresUsed?: number): [string, ...string[]] {
  const verdict = assessGenerator(loadResult(change), coresUsed);
  if (verdict.status === 'valid') return ['valid'];
  return [verdict.voids, ...verdict.reasons.map(({ code }) => code)];
}

test('a generator that kept its pace is valid', () => {
  assert.deepEqual(assessGenerator(loadResult()), { status: 'valid' });
});

test('a generator out of CPU discards everything, by its own account or by an outer meter', () => {
  assert.deepEqual(codesOf({ generator: { ...generator, cpuUserMs: 700, cpuSystemMs: 150 } }), [
    'everything',
    'generator-busy',
  ]);
  assert.deepEqual(codesOf({}, 0.85), ['everything', 'generator-busy']);
});

test('each sending thread may use a core', () => {
  assert.deepEqual(codesOf({ generator: { ...generator, threadCount: 2 } }, 1.5), ['valid']);
  assert.deepEqual(codesOf({ generator: { ...generator, threadCount: 2 } }, 1.7), ['everything', 'generator-busy']);
});

test('unsent requests discard everything while connections were free; else they count against the target', () => {
  const short = { ...counts, sentCount: 990, okCount: 990, unsentCount: 10 };
  assert.deepEqual(codesOf({ counts: short }), ['everything', 'too-few-sent']);
  assert.deepEqual(codesOf({ counts: short, connectionWait: latency(5) }), ['valid']);
});

test('a target that refuses connections is no fault of the generator; ports or files that ran out here are', () => {
  const refused = (code: string) => ({
    counts: { ...counts, sentCount: 400, okCount: 400, failedCount: 600 },
    errors: [{ reason: `request: ${code}`, count: 600 }],
  });
  assert.deepEqual(codesOf(refused('ECONNREFUSED')), ['valid']);
  assert.deepEqual(codesOf(refused('EADDRNOTAVAIL')), ['everything', 'too-few-sent']);
  assert.deepEqual(codesOf(refused('EMFILE')), ['everything', 'too-few-sent']);
});

test('a generator delay of a tenth of a millisecond, which any timer has, discards no latency of a fast answer', () => {
  assert.deepEqual(codesOf({ generatorDelay: latency(0.09), responseTime: latency(0.3) }), ['valid']);
  assert.deepEqual(codesOf({ generatorDelay: latency(0.11), responseTime: latency(0.3) }), [
    'latency',
    'generator-delayed',
  ]);
});

test('a generator delay of a tenth of the answer discards the latency alone, and says how large it was', () => {
  assert.deepEqual(codesOf({ generatorDelay: latency(0.19), responseTime: latency(2) }), ['valid']);
  const verdict = assessGenerator(loadResult({ generatorDelay: latency(0.21), responseTime: latency(2) }));
  assert.deepEqual(verdict, {
    status: 'invalid',
    voids: 'latency',
    reasons: [
      {
        code: 'generator-delayed',
        message: 'the generator woke 0.21 ms late (p50; limit 0.20 ms at a response p50 of 2.00 ms)',
      },
    ],
  });
});

test('a late tail discards the latency above both two milliseconds and a quarter of the answer', () => {
  const tail = (p99Ms: number) => codesOf({ responseTime: latency(12), generatorDelay: latency(0.1, { p99Ms }) })[0];
  assert.deepEqual([2.9, 3.1].map(tail), ['valid', 'latency']);
});

test('a stall of the generator is judged at every quantile that is shown, and at the maximum, at any count', () => {
  const few = { p99Ms: null, p999Ms: null };
  const stalled = (late: Partial<Latency>, answer: Partial<Latency>) =>
    codesOf({ generatorDelay: latency(0.1, { ...few, ...late }), responseTime: latency(20, { ...few, ...answer }) });
  assert.deepEqual(stalled({ p90Ms: 1_000, maxMs: 2_000 }, { p90Ms: 1_018, maxMs: 2_018 }), [
    'latency',
    'generator-delayed',
  ]);
  assert.deepEqual(stalled({ maxMs: 300 }, { maxMs: 320 }), ['latency', 'generator-delayed'], 'one request of a few');
  assert.deepEqual(stalled({ maxMs: 40 }, { maxMs: 60 }), ['valid'], 'a hiccup that one request saw');
  assert.deepEqual(stalled({ maxMs: 60 }, { maxMs: 500 }), ['valid'], "most of it the target's own");
  const many = { generatorDelay: latency(0.1, { p999Ms: 12 }), responseTime: latency(20, { p999Ms: 30 }) };
  assert.deepEqual(codesOf(many), ['latency', 'generator-delayed']);
});

test('where no answer was right, the delay is judged by itself', () => {
  const none = { p50Ms: null, p90Ms: null, p99Ms: null, p999Ms: null, maxMs: null };
  const late = (maxMs: number) =>
    codesOf({ generatorDelay: latency(0.1, { p99Ms: null, p999Ms: null, maxMs }), responseTime: latency(0, none) })[0];
  assert.deepEqual([40, 73].map(late), ['valid', 'latency']);
});

test('a quantile of which the target made the most is believed', () => {
  assert.deepEqual(codesOf({ generatorDelay: latency(0.1, { p99Ms: 9 }), responseTime: latency(2, { p99Ms: 40 }) }), [
    'valid',
  ]);
});

test('a busy loop and long collections void the latency', () => {
  assert.deepEqual(codesOf({ generator: { ...generator, eventLoopUtilizationRatio: 0.95 } }), [
    'latency',
    'event-loop-busy',
  ]);
  assert.deepEqual(codesOf({ generator: { ...generator, gcMs: 60 } }), ['latency', 'garbage-collection']);
});

test('grave reasons come first, and all are reported', () => {
  const busy = { ...generator, eventLoopUtilizationRatio: 0.99 };
  assert.deepEqual(codesOf({ generator: busy, generatorDelay: latency(9) }, 0.99), [
    'everything',
    'generator-busy',
    'generator-delayed',
    'event-loop-busy',
  ]);
});
