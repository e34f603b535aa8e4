import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Probe } from '../../src/probe/probe.ts';
import { PrimitiveFailure } from '../../src/run/primitive-failure.ts';
import { watchLimits } from '../../src/run/primitive-limits.ts';

function watching(anonBytes: number, timeLimitMs: number, signal = new AbortController().signal) {
  const probe = { readAnonBytes: async () => anonBytes } as unknown as Probe;
  return watchLimits({ probe, group: null, memoryLimitBytes: 2 ** 20, timeLimitMs, signal });
}

test('without a control group the memory limit is kept by looking', async () => {
  const limits = watching(2 ** 20 + 1, 60_000);
  await assert.rejects(
    limits.exceeded,
    (error) =>
      error instanceof PrimitiveFailure && error.code === 'out-of-memory' && /limit of 1 MiB/.test(error.message),
  );
});

test('a runner that has no result in time is told so', async () => {
  const limits = watching(0, 0);
  await assert.rejects(limits.exceeded, (error) => error instanceof PrimitiveFailure && error.code === 'timed-out');
});

test('an interruption is passed on as what it is', async () => {
  const controller = new AbortController();
  const limits = watching(0, 60_000, controller.signal);
  const reason = new Error('interrupted');
  controller.abort(reason);
  await assert.rejects(limits.exceeded, reason);
});

test('a watch that has ended says nothing any more', async () => {
  const limits = watching(0, 60_000);
  limits.end();
  const first = await Promise.race([limits.exceeded, new Promise((resolve) => setTimeout(resolve, 150, 'silent'))]);
  assert.equal(first, 'silent');
});
