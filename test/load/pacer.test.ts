import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicClock } from '../../src/load/clock.ts';
import { choosePacerKind, createPacer, createTimerPacer } from '../../src/load/pacer.ts';
import { createVirtualClock } from './virtual-clock.ts';

const spec = { kind: 'constant', ratePerSec: 200, steps: null, seed: 1 } as const;
const nsPerMs = 1e6;

test('the timer pacer wakes at each due time and at no other', async () => {
  const clock = createVirtualClock();
  const pacer = createTimerPacer(clock);
  const wokenMs: number[] = [];
  pacer.start(spec, 3 * nsPerMs, () => wokenMs.push(clock.nowNs() / nsPerMs));
  await clock.runUntil(20 * nsPerMs);
  pacer.stop();
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(wokenMs, [3, 8, 13, 18]);
});

test('due times that passed before the start share one wake-up', async () => {
  const clock = createVirtualClock(1_000 * nsPerMs);
  const pacer = createTimerPacer(clock);
  let wakeCount = 0;
  pacer.start(spec, 0, () => wakeCount++);
  await clock.runUntil(1_001 * nsPerMs);
  pacer.stop();
  assert.equal(wakeCount, 1);
});

for (const kind of ['timer', 'thread'] as const) {
  test(`the ${kind} pacer never wakes early, wakes after the last due time, and can be started again`, async () => {
    const pacer = createPacer(kind, monotonicClock);
    for (let round = 0; round < 2; round++) {
      const startAtNs = monotonicClock.nowNs() + 20 * nsPerMs;
      const wokenNs: number[] = [];
      await new Promise<void>((resolve) => {
        pacer.start(spec, startAtNs, () => {
          wokenNs.push(monotonicClock.nowNs());
          if (monotonicClock.nowNs() >= startAtNs + 50 * nsPerMs) resolve();
        });
        // The thread does not keep a process alive by itself.
        setTimeout(resolve, 5_000);
      });
      pacer.stop();
      assert.ok((wokenNs[0] ?? 0) >= startAtNs, 'not before the first due time');
      assert.ok(wokenNs.length <= 11, `${wokenNs.length} wake-ups for 11 due times`);
      assert.ok((wokenNs.at(-1) ?? 0) >= startAtNs + 50 * nsPerMs, 'woken to the end');
      const count = wokenNs.length;
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(wokenNs.length, count, 'quiet once stopped');
    }
    await pacer.close();
  });
}

test('on a single core the generator does not run a second thread', () => {
  assert.equal(choosePacerKind(1), 'timer');
  assert.equal(choosePacerKind(2), 'thread');
});
