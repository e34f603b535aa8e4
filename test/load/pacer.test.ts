// test-lane: alone
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicClock } from '../../src/load/clock.ts';
import { type Course, choosePacerKind, createLoopPacer, createPacer, type Guard } from '../../src/load/pacer.ts';
import { createSchedule } from '../../src/load/schedule.ts';
import { createVirtualClock } from './virtual-clock.ts';

const spec = { arrivals: 'constant', ratePerSec: 200, steps: null, seed: 1 } as const;
const nsPerMs = 1e6;
const noSleep = { sleepUntil: null, guard: null };

/** Serves the due times of `spec` from `startAtNs` on and tells each wake-up. */
function courseFrom(startAtNs: number, nowNs: () => number, onWake: () => void, isQuiet = () => false): Course {
  const schedule = createSchedule(spec);
  let index = 0;
  const nextDueNs = () => startAtNs + schedule.offsetNs(index);
  const wake = () => {
    while (nextDueNs() <= nowNs()) index++;
    onWake();
  };
  return { spec, startAtNs, nextDueNs, servedCount: () => index, isQuiet, wake };
}

test('a pacer that only has timers wakes at each due time and at no other', async () => {
  const clock = createVirtualClock();
  const pacer = createLoopPacer({ clock, ...noSleep });
  const wokenMs: number[] = [];
  pacer.start(courseFrom(3 * nsPerMs, clock.nowNs, () => wokenMs.push(clock.nowNs() / nsPerMs)));
  await clock.runUntil(20 * nsPerMs);
  pacer.stop();
  await clock.runUntil(100 * nsPerMs);
  assert.deepEqual(wokenMs, [3, 8, 13, 18]);
  assert.deepEqual(pacer.wakes(), { parkedCount: 0, answerCount: 0, threadCount: 0, timerCount: 4 });
});

test('due times that passed before the start share one wake-up', async () => {
  const clock = createVirtualClock(1_000 * nsPerMs);
  const pacer = createLoopPacer({ clock, ...noSleep });
  let wakeCount = 0;
  pacer.start(courseFrom(0, clock.nowNs, () => wakeCount++));
  await clock.runUntil(1_001 * nsPerMs);
  pacer.stop();
  assert.equal(wakeCount, 1);
});

test('an answer read after a due time serves it at once', async () => {
  const clock = createVirtualClock();
  const pacer = createLoopPacer({ clock, ...noSleep });
  const wokenMs: number[] = [];
  // Timers here are as coarse as those of a loop that is busy.
  const lateClock = { ...clock, at: (timeNs: number, callback: () => void) => clock.at(timeNs + nsPerMs, callback) };
  const latePacer = createLoopPacer({ clock: lateClock, ...noSleep });
  latePacer.start(courseFrom(3 * nsPerMs, clock.nowNs, () => wokenMs.push(clock.nowNs() / nsPerMs)));
  clock.at(2 * nsPerMs, () => latePacer.poke(clock.nowNs()));
  clock.at(3.25 * nsPerMs, () => latePacer.poke(clock.nowNs()));
  await clock.runUntil(7 * nsPerMs);
  latePacer.stop();
  pacer.stop();
  assert.deepEqual(wokenMs, [3.25]);
  assert.equal(latePacer.wakes().answerCount, 1);
});

for (const kind of ['timer', 'thread'] as const) {
  for (const isQuiet of [true, false]) {
    const when = isQuiet ? 'while all is quiet' : 'while answers may come';
    test(`the ${kind} pacer, ${when}, never wakes early, wakes after the last due time, and starts again`, async () => {
      const pacer = createPacer(kind, monotonicClock);
      const { nowNs } = monotonicClock;
      for (let round = 0; round < 2; round++) {
        const startAtNs = nowNs() + 20 * nsPerMs;
        const wokenNs: number[] = [];
        await new Promise<void>((resolve) => {
          const onWake = () => {
            wokenNs.push(nowNs());
            if (nowNs() >= startAtNs + 50 * nsPerMs) resolve();
          };
          pacer.start(courseFrom(startAtNs, nowNs, onWake, () => isQuiet));
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
      const { parkedCount } = pacer.wakes();
      assert.equal(parkedCount > 0, isQuiet, `${parkedCount} due times met asleep`);
      assert.equal(pacer.parkedNs() > 0, isQuiet);
      await pacer.close();
    });
  }
}

/** A virtual clock that passes while the loop sleeps on it, and a guard that keeps what it is told. */
function watchedPacer(isQuiet: () => boolean) {
  const clock = createVirtualClock();
  const posted: boolean[] = [];
  const guard: Guard = {
    start: () => undefined,
    stop: () => undefined,
    post: (isPosted) => posted.push(isPosted),
    lead: () => undefined,
    parked: () => undefined,
    served: () => undefined,
    close: async () => undefined,
  };
  const lateClock = { ...clock, at: (timeNs: number, callback: () => void) => clock.at(timeNs + nsPerMs, callback) };
  const pacer = createLoopPacer({ clock: lateClock, sleepUntil: null, guard });
  pacer.start(courseFrom(0, clock.nowNs, () => undefined, isQuiet));
  return { clock, posted, pacer };
}

test('a guard is posted at once where something may come before anything is sent', () => {
  const { posted, pacer } = watchedPacer(() => false);
  pacer.stop();
  assert.deepEqual(posted, [true]);
});

test('a guard is posted when timers are too late on average, not for one late waking', async () => {
  let isQuiet = true;
  const { clock, posted, pacer } = watchedPacer(() => isQuiet);
  isQuiet = false;
  await clock.runUntil(3 * nsPerMs);
  assert.deepEqual(posted.includes(true), false);
  await clock.runUntil(100 * nsPerMs);
  pacer.stop();
  assert.equal(posted.at(-1), true);
});

/** A pacer whose sleeps end `lateNs` after the time asked for, on a clock that only they move. */
function sleepyPacer(lateNs: number) {
  let nowNs = 0;
  const told: string[] = [];
  const guard: Guard = {
    start: () => undefined,
    stop: () => undefined,
    post: (isPosted) => told.push(isPosted ? 'posted' : 'released'),
    lead: () => undefined,
    parked: (isParked) => told.push(isParked ? 'asleep' : 'up'),
    served: () => told.push('served'),
    close: async () => undefined,
  };
  const clock = { nowNs: () => nowNs++, at: () => ({ cancel: () => undefined }) };
  const sleepUntil = (timeNs: number) => {
    nowNs = timeNs + lateNs;
  };
  const wokenNs: number[] = [];
  const pacer = createLoopPacer({ clock, sleepUntil, guard });
  const course = courseFrom(
    nsPerMs,
    () => nowNs,
    () => wokenNs.push(nowNs),
    () => true,
  );
  pacer.start(course);
  const read = () => {
    nowNs = course.nextDueNs() - nsPerMs / 2;
    pacer.poke(nowNs);
  };
  return { pacer, read, wokenNs, told };
}

test('after the last answer the loop sleeps where it stands, and is up at the due time', () => {
  const { pacer, read, wokenNs, told } = sleepyPacer(0);
  read();
  pacer.stop();
  assert.ok(wokenNs.length === 1 && (wokenNs[0] ?? 0) >= nsPerMs && (wokenNs[0] ?? 0) < 1.1 * nsPerMs);
  assert.deepEqual(told, ['asleep', 'served', 'up']);
  assert.equal(pacer.wakes().parkedCount, 1);
});

test('a loop that gets up late by itself posts no guard: it would be as late', () => {
  const { pacer, read, wokenNs, told } = sleepyPacer(3 * nsPerMs);
  for (let count = 0; count < 100; count++) read();
  pacer.stop();
  assert.equal(wokenNs.length, 100);
  assert.ok(!told.includes('posted'));
});

test('no timer is left to ring while the loop sleeps for long', () => {
  let nowNs = 0;
  let isQuiet = false;
  let armedCount = 0;
  const at = () => {
    armedCount++;
    return { cancel: () => armedCount-- };
  };
  const armedAsleep: number[] = [];
  const sleepUntil = (timeNs: number) => {
    armedAsleep.push(armedCount);
    nowNs = timeNs;
  };
  const pacer = createLoopPacer({ clock: { nowNs: () => nowNs++, at }, sleepUntil, guard: null });
  const course = courseFrom(
    10 * nsPerMs,
    () => nowNs,
    () => undefined,
    () => isQuiet,
  );
  pacer.start(course);
  assert.equal(armedCount, 1, 'something may come: a timer stands behind');
  isQuiet = true;
  pacer.poke(nowNs);
  pacer.stop();
  assert.deepEqual(armedAsleep, [0]);
});

test('how long getting up takes is learned, up to 400 µs, and slept less', () => {
  const { pacer, read, wokenNs } = sleepyPacer(300_000);
  for (let count = 0; count < 400; count++) read();
  pacer.stop();
  const latesNs = wokenNs.slice(200).map((timeNs) => (timeNs - nsPerMs) % (5 * nsPerMs));
  assert.ok(Math.max(...latesNs) < 20_000, `${Math.max(...latesNs)} ns late`);
});

/** A pacer whose loop may not sleep, on a clock that passes 1 µs at each look; `ring` wakes the loop as a thread would. */
function guardedPacer(gapNs = 5 * nsPerMs) {
  let nowNs = 0;
  let leadNs = Number.NaN;
  let ring = () => {};
  const posted: boolean[] = [];
  const guard: Guard = {
    start: (_order, heed) => {
      ring = heed;
    },
    stop: () => undefined,
    post: (isPosted) => posted.push(isPosted),
    lead: (next) => {
      leadNs = next;
    },
    parked: () => undefined,
    served: () => undefined,
    close: async () => undefined,
  };
  const tick = () => {
    nowNs += 1_000;
    return nowNs;
  };
  const sleepUntil = () => assert.fail('an answer would not be read meanwhile');
  const pacer = createLoopPacer({ clock: { nowNs: tick, at: () => ({ cancel: () => undefined }) }, sleepUntil, guard });
  const latesNs: number[] = [];
  let dueNs = nsPerMs;
  const wake = () => {
    latesNs.push(nowNs - dueNs);
    dueNs += gapNs;
  };
  pacer.start({
    spec,
    startAtNs: dueNs,
    nextDueNs: () => dueNs,
    servedCount: () => latesNs.length,
    isQuiet: () => false,
    wake,
  });
  const ringAt = (timeNs: number) => {
    nowNs = timeNs;
    ring();
  };
  return { pacer, posted, latesNs, ringAt, dueNs: () => dueNs, leadNs: () => leadNs };
}

test('woken before a due time, a loop that may not sleep polls, turn by turn, until it has come', async () => {
  const { pacer, latesNs, ringAt, dueNs } = guardedPacer();
  ringAt(dueNs() - 50_000);
  assert.deepEqual(latesNs, [], 'other callbacks run meanwhile');
  for (let turns = 0; turns < 50; turns++) await nextTurn();
  pacer.stop();
  assert.equal(latesNs.length, 1);
  assert.ok((latesNs[0] ?? -1) >= 0 && (latesNs[0] ?? 0) < 5_000, `${latesNs[0]} ns late`);
  assert.equal(pacer.wakes().threadCount, 1);
});

test('the guard wakes the loop as long before a due time as it takes at the median, and stays as long as it is needed', async () => {
  const { pacer, posted, latesNs, ringAt, dueNs, leadNs } = guardedPacer();
  const takenNs = [110_000, 130_000, 150_000, 170_000, 900_000];
  for (let index = 0; index < 500; index++) {
    ringAt(dueNs() - leadNs() + (takenNs[index % takenNs.length] ?? 0));
    for (let turns = 0; turns < 400 && latesNs.length === index; turns++) await nextTurn();
  }
  pacer.stop();
  assert.ok(Math.abs(leadNs() - 150_000) < 10_000, `${leadNs()} ns before the due time`);
  const typicalNs = latesNs.slice(200).toSorted((a, b) => a - b)[150] ?? Number.NaN;
  assert.ok(typicalNs < 10_000, `${typicalNs} ns late at the median`);
  assert.ok(!posted.includes(false));
});

test('a due time that follows closely on one that was polled for is met too', async () => {
  const { pacer, latesNs, ringAt, dueNs } = guardedPacer(40_000);
  ringAt(dueNs() - 30_000);
  for (let turns = 0; turns < 100; turns++) await nextTurn();
  pacer.stop();
  assert.ok(latesNs.length > 1 && latesNs.every((lateNs) => lateNs < 5_000), `${latesNs} ns late`);
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test('on a single core the generator does not run a second thread', () => {
  assert.equal(choosePacerKind(1), 'timer');
  assert.equal(choosePacerKind(2), 'thread');
});
