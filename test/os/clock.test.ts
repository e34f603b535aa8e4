import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicClock } from '../../src/os/clock.ts';

const nsPerMs = 1e6;

test('the clock is the one of process.hrtime', () => {
  const before = Number(process.hrtime.bigint());
  const nowNs = monotonicClock.nowNs();
  const after = Number(process.hrtime.bigint());
  assert.ok(before <= nowNs && nowNs <= after);
});

test('an alarm never rings early nor within the call, and not after it is cancelled', async () => {
  for (const delayMs of [-5, 0, 0.3, 1.2, 7]) {
    const timeNs = monotonicClock.nowNs() + delayMs * nsPerMs;
    let isArmed = false;
    await new Promise<void>((resolve) => {
      monotonicClock.at(timeNs, () => {
        assert.ok(isArmed && monotonicClock.nowNs() >= timeNs);
        resolve();
      });
      isArmed = true;
    });
  }
  for (const delayMs of [0, 1]) {
    monotonicClock.at(monotonicClock.nowNs() + delayMs * nsPerMs, () => assert.fail('cancelled')).cancel();
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
});
