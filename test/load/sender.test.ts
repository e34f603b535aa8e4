import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Recorder, type Recording } from '../../src/load/accounting/recorder.ts';
import { type Flight, sendWindow } from '../../src/load/pace/sender.ts';
import { Pool } from '../../src/load/transport/pool.ts';
import type { WorkloadSession } from '../../src/model/workload.ts';
import { createSchedule, type ScheduleSpec } from '../../src/stats/schedule.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { createVirtualLoop } from './virtual-loop.ts';
import { type Behaviour, createVirtualTarget } from './virtual-target.ts';

const nsPerMs = 1e6;
const answerAfter = (ms: number) => ({ kind: 'answer', afterNs: ms * nsPerMs }) as const;

interface Setting {
  readonly ratePerSec?: number;
  readonly arrivals?: ScheduleSpec['arrivals'];
  readonly lengthMs?: number;
  readonly timeoutMs?: number;
  readonly drainMs?: number;
  readonly maxInFlightCount?: number;
  readonly connectionCount?: number;
  readonly connectMs?: number;
  readonly session?: WorkloadSession;
  readonly isRefusing?: () => boolean;
}

/** A whole window on virtual time; all that is slow in it is the target. */
async function drive(behaviour: Behaviour, setting: Setting = {}) {
  const clock = createVirtualClock(1_000);
  const startAtNs = 5_000_000;
  const lengthNs = (setting.lengthMs ?? 10_000) * nsPerMs;
  const target = createVirtualTarget(clock, behaviour, {
    connectNs: (setting.connectMs ?? 0) * nsPerMs,
    isRefusing: setting.isRefusing ?? (() => false),
  });
  const loop = createVirtualLoop(clock);
  const pool = new Pool<Flight>(target.connect, setting.connectionCount ?? 1_000, loop);
  const recorder = new Recorder(startAtNs, lengthNs);
  const spec = {
    arrivals: setting.arrivals ?? 'constant',
    ratePerSec: setting.ratePerSec ?? 100,
    steps: null,
    seed: 1,
  };
  const window = {
    ...{ spec, startAtNs, lengthNs },
    timeoutNs: (setting.timeoutMs ?? 30_000) * nsPerMs,
    drainNs: (setting.drainMs ?? 60_000) * nsPerMs,
    maxInFlightCount: setting.maxInFlightCount ?? 10_000,
  };
  let windowEndNs = Number.NaN;
  let isDone = false;
  const done = sendWindow(window, {
    ...{ loop, pool, recorder, hasStreams: false, readsLate: false },
    session: setting.session ?? endlessSession(),
    onWindowEnd: (nowNs) => {
      windowEndNs = nowNs;
    },
  }).then(() => {
    isDone = true;
  });
  await clock.runUntil(startAtNs + lengthNs + window.drainNs + 1);
  assert.ok(isDone, 'the window ends when its drain ends at the latest');
  await done;
  const recording = recorder.finish();
  const schedule = createSchedule(spec);
  const dueNs = Array.from(
    { length: recording.counts.scheduledCount },
    (_, index) => startAtNs + schedule.offsetNs(index),
  );
  return { recording, target, pool, dueNs, windowEndNs, startAtNs };
}

function endlessSession(): WorkloadSession {
  return {
    next: () => ({
      name: 'ask',
      request: { method: 'GET', path: '/', headers: {}, body: null },
      check: ({ status }) => (status === 200 ? null : `status ${status}`),
      abandon: () => undefined,
    }),
    streams: [],
    onEvent: () => null,
    acknowledged: () => ({ createdCount: 0, deletedCount: 0, uncertainCount: 0 }),
  };
}

function assertIdentity({ counts }: Recording): void {
  const { okCount, wrongCount, failedCount, timedOutCount, inFlightCount, unsentCount } = counts;
  const sum = okCount + wrongCount + failedCount + timedOutCount + inFlightCount + unsentCount;
  assert.equal(sum, counts.scheduledCount);
}

function assertNear(actualMs: number | null, expectedMs: number, what: string): void {
  assert.ok(
    actualMs !== null && Math.abs(actualMs - expectedMs) <= expectedMs * 0.001 + 0.001,
    `${what}: ${actualMs} instead of ${expectedMs}`,
  );
}

/** The nearest-rank percentile of exact values. */
function exactPercentile(values: readonly number[], percentile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? Number.NaN;
}

test('a slow answer never delays the next due request', async () => {
  const { target, dueNs } = await drive(() => answerAfter(2_500));
  assert.equal(dueNs.length, 1_000);
  assert.deepEqual(target.arrivalsNs, dueNs);
});

test('a target that never answers is sent everything all the same', async () => {
  const { target, dueNs, recording } = await drive(() => ({ kind: 'never' }), { timeoutMs: 20_000 });
  assert.deepEqual(target.arrivalsNs, dueNs);
  assert.equal(recording.counts.timedOutCount, 1_000);
});

test('a stall is seen by every request that is due during it', async () => {
  // The whole target stands still from 2 s to 3 s after the start; otherwise it answers at once.
  const [fromNs, toNs] = [2_005_000_000, 3_005_000_000];
  const frozen: Behaviour = (_, nowNs) => answerAfter(nowNs >= fromNs && nowNs < toNs ? (toNs - nowNs) / nsPerMs : 0);
  const { recording, dueNs } = await drive(frozen, { ratePerSec: 1_000 });
  const truthMs = dueNs.map((due) => (due >= fromNs && due < toNs ? (toNs - due) / nsPerMs : 0));
  assert.equal(truthMs.filter((ms) => ms > 0).length, 1_000);
  for (const [percentile, readMs] of [
    [50, recording.responseTime.p50Ms],
    [90, recording.responseTime.p90Ms],
    [99, recording.responseTime.p99Ms],
    [99.9, recording.responseTime.p999Ms],
  ] as const) {
    assertNear(readMs, exactPercentile(truthMs, percentile), `p${percentile}`);
  }
  assert.equal(recording.seconds[2]?.responseMaxMs, 1_000);
  assert.equal(recording.seconds[1]?.responseMaxMs, 0);
});

test('known answer: a constant 20 ms target is 20 ms at every percentile', async () => {
  const { recording } = await drive(() => answerAfter(20), { ratePerSec: 1_000 });
  const { count, minMs, p50Ms, p90Ms, p99Ms, p999Ms, maxMs } = recording.responseTime;
  assert.equal(count, 10_000);
  for (const readMs of [minMs, p50Ms, p90Ms, p99Ms, p999Ms, maxMs]) assertNear(readMs, 20, 'constant target');
  assert.equal(recording.sendDelay.maxMs, 0);
});

test('known answer: an isolated stall of 500 ms each 200th request is 0.5 % of all, whoever else is in flight', async () => {
  const { recording } = await drive((index) => answerAfter(index % 200 === 199 ? 500 : 0.15), { ratePerSec: 1_000 });
  assertNear(recording.responseTime.p50Ms, 0.15, 'p50');
  assertNear(recording.responseTime.p99Ms, 0.15, 'p99');
  assertNear(recording.responseTime.p999Ms, 500, 'p99.9');
  assert.equal(recording.connectionWait.maxMs, 0);
});

test('known answer: one connection serving 20 ms at 100/s makes each request wait for those before it', async () => {
  // Lindley: 20 ms of service every 10 ms, so request i answers at 20·(i + 1) and was due at 10·i.
  const { recording, dueNs } = await drive(() => answerAfter(20), { connectionCount: 1, lengthMs: 2_000 });
  const truthMs = dueNs.map((_, index) => 20 * (index + 1) - 10 * index);
  assertNear(recording.responseTime.p50Ms, exactPercentile(truthMs, 50), 'response p50');
  assertNear(recording.responseTime.maxMs, Math.max(...truthMs), 'response max');
  assertNear(recording.serviceTime.maxMs, 20, 'service max');
  assertNear(recording.connectionWait.maxMs, Math.max(...truthMs) - 20, 'waited max');
  assert.equal(recording.generatorDelay.maxMs, 0);
  assertNear(recording.sendDelay.maxMs, recording.connectionWait.maxMs ?? 0, 'lag is all waiting');
});

test('waiting for a connection to open is counted as waiting, not as waking late', async () => {
  const { recording } = await drive(() => answerAfter(1), { connectMs: 3, ratePerSec: 10 });
  assertNear(recording.connectionWait.maxMs, 3, 'waited');
  assert.equal(recording.generatorDelay.maxMs, 0);
  assert.equal(recording.connectionWait.p50Ms, 0);
});

test('beyond the bound on requests in flight a request is unsent and counted', async () => {
  const { recording, target } = await drive(() => answerAfter(1_000), { maxInFlightCount: 50, lengthMs: 2_000 });
  assertIdentity(recording);
  // 100/s against 50 in flight for 1 s each: in each second the first 50 are sent.
  assert.equal(recording.counts.unsentCount, 100);
  assert.equal(target.arrivalsNs.length, 100);
  assert.equal(recording.counts.sentCount, 100);
});

test('a workload without a free slot leaves the request unsent and the pace unchanged', async () => {
  const always = endlessSession();
  let drawCount = 0;
  const session = { ...always, next: () => (drawCount++ % 4 === 3 ? null : always.next()) };
  const { recording } = await drive(() => answerAfter(1), { session });
  assert.equal(recording.counts.unsentCount, 250);
  assert.equal(recording.counts.okCount, 750);
});

test('a time-out is recorded as at least its limit, at the second it was due, and its connection is given up', async () => {
  const { recording, target } = await drive((index) => (index === 150 ? { kind: 'never' } : answerAfter(1)), {
    timeoutMs: 400,
    lengthMs: 2_000,
  });
  assert.equal(recording.counts.timedOutCount, 1);
  assert.ok((recording.responseTime.maxMs ?? 0) >= 400);
  assert.equal(recording.responseTime.count, 200);
  assert.equal(recording.seconds[1]?.notOkCount, 1);
  assert.equal(target.openCount(), target.mostOpenCount() - 1);
});

test('what is alive when the drain ends is recorded as at least its age', async () => {
  const { recording } = await drive(() => ({ kind: 'never' }), { lengthMs: 1_000, drainMs: 500, timeoutMs: 60_000 });
  assert.equal(recording.counts.inFlightCount, 100);
  assertNear(recording.responseTime.maxMs, 1_500, 'the oldest');
  assertNear(recording.responseTime.minMs, 510, 'the youngest');
});

test('an answer that comes during the drain is an answer, and the window ends before it', async () => {
  const { recording, windowEndNs, startAtNs } = await drive(() => answerAfter(700), { lengthMs: 1_000, drainMs: 800 });
  assert.equal(recording.counts.okCount, 100);
  assert.equal(windowEndNs, startAtNs + 1_000 * nsPerMs);
});

test('wrong answers and failures are counted by reason and are no latencies', async () => {
  const { recording } = await drive((index) => {
    if (index % 10 === 0) return { kind: 'answer', afterNs: 1, status: 503 };
    return index % 10 === 5 ? { kind: 'close', afterNs: 1 } : answerAfter(20);
  });
  assert.equal(recording.counts.wrongCount, 100);
  assert.equal(recording.counts.failedCount, 100);
  assert.deepEqual(recording.errors, [
    { reason: 'ask: status 503', count: 100 },
    { reason: 'ask: closed before the answer', count: 100 },
  ]);
  assertNear(recording.responseTime.minMs, 20, 'no fast error among the answers');
  assert.equal(recording.responseTime.count, 800);
});

test('a check that throws has found the answer wrong', async () => {
  const always = endlessSession();
  const throwing = () => {
    throw new Error('no JSON');
  };
  const session = { ...always, next: () => ({ ...(always.next() ?? assert.fail()), check: throwing }) };
  const { recording } = await drive(() => answerAfter(1), { session, lengthMs: 100 });
  assert.deepEqual(recording.errors, [{ reason: 'ask: check threw no JSON', count: 10 }]);
});

test('a target that refuses connections fails every request and ends the window on time', async () => {
  const { recording } = await drive(() => answerAfter(1), { isRefusing: () => true });
  assert.equal(recording.counts.failedCount, 1_000);
  assert.equal(recording.counts.sentCount, 0);
  assert.deepEqual(recording.errors, [{ reason: 'ask: ECONNREFUSED', count: 1_000 }]);
});

test('a dead idle connection is replaced without losing or repeating the request', async () => {
  let meetingCount = 0;
  const { recording, target, pool } = await drive(() =>
    meetingCount++ % 7 === 6 ? { kind: 'stale' } : answerAfter(1),
  );
  assert.equal(recording.counts.okCount, 1_000);
  assert.equal(recording.counts.sentCount, 1_000);
  assert.equal(target.arrivalsNs.length, 1_000);
  assert.equal(pool.stats.staleRetryCount, Math.floor((1_000 - 1) / 6));
});

test('abandon is called exactly for the requests that got no answer', async () => {
  const always = endlessSession();
  let abandonedCount = 0;
  const abandon = () => {
    abandonedCount++;
  };
  const session = { ...always, next: () => ({ ...(always.next() ?? assert.fail()), abandon }) };
  const fates = [answerAfter(1), { kind: 'never' }, { kind: 'close', afterNs: 5 }] as const;
  const { recording } = await drive((index) => fates[index % 3] ?? assert.fail(), {
    session,
    lengthMs: 3_000,
    drainMs: 0,
  });
  const { okCount, wrongCount, scheduledCount } = recording.counts;
  assert.equal(abandonedCount, scheduledCount - okCount - wrongCount);
});

test('the seconds of the window add up to its counts, also where nothing was due', async () => {
  const { recording } = await drive(() => answerAfter(1_500), { ratePerSec: 0.4, timeoutMs: 9_000 });
  assert.deepEqual(
    recording.seconds.map(({ scheduledCount }) => scheduledCount),
    [1, 0, 1, 0, 0, 1, 0, 1, 0, 0],
  );
  assert.deepEqual(
    recording.seconds.map(({ second }) => second),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assertNear(recording.seconds[2]?.responseP50Ms ?? null, 1_500, 'response in the second it was due');
});

test('everything scheduled is accounted for, whatever the target does', async () => {
  const afterNs = fc.integer({ min: 0, max: 800 }).map((ms) => ms * nsPerMs);
  const fate = fc.oneof(
    fc.record({ kind: fc.constant('answer' as const), afterNs, isLast: fc.boolean() }),
    fc.record({ kind: fc.constant('answer' as const), afterNs, status: fc.constantFrom(200, 500) }),
    fc.record({ kind: fc.constant('close' as const), afterNs }),
    fc.constant({ kind: 'never' as const }),
    fc.constant({ kind: 'stale' as const }),
  );
  const setting = fc.record({
    kind: fc.constantFrom('constant' as const, 'poisson' as const),
    ratePerSec: fc.constantFrom(3, 50, 400),
    lengthMs: fc.constantFrom(100, 1_500),
    timeoutMs: fc.constantFrom(50, 300, 5_000),
    drainMs: fc.constantFrom(0, 200, 1_000),
    maxInFlightCount: fc.constantFrom(1, 7, 1_000),
    connectionCount: fc.constantFrom(1, 3, 50),
    connectMs: fc.constantFrom(0, 40),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 12 }), setting, async (fates, drawn) => {
      let meetingCount = 0;
      // Never only dead connections: those would be replaced for ever.
      const cycle = [...fates, answerAfter(1)];
      const behaviour = () => cycle[meetingCount++ % cycle.length] ?? assert.fail();
      const { recording, target } = await drive(behaviour, drawn);
      assertIdentity(recording);
      const { counts, operations, seconds } = recording;
      assert.equal(target.arrivalsNs.length, counts.sentCount);
      assert.ok(target.mostOpenCount() <= drawn.connectionCount);
      assert.equal(recording.responseTime.count, counts.okCount + counts.timedOutCount + counts.inFlightCount);
      assert.equal(recording.sendDelay.count, counts.scheduledCount - counts.unsentCount);
      assert.equal(operations.ask?.counts.scheduledCount ?? 0, counts.scheduledCount - counts.unsentCount);
      const sumOf = (key: 'scheduledCount' | 'okCount' | 'notOkCount') =>
        seconds.reduce((sum, second) => sum + second[key], 0);
      assert.equal(sumOf('scheduledCount'), counts.scheduledCount);
      assert.equal(sumOf('okCount'), counts.okCount);
      assert.equal(sumOf('notOkCount'), counts.scheduledCount - counts.okCount);
    }),
    { numRuns: 100 },
  );
});

test('evenly sent requests have a coefficient of variation of 0, Poisson ones of 1', async () => {
  const even = await drive(() => answerAfter(1), { ratePerSec: 1_000 });
  assert.ok((even.recording.sendGapCv ?? 1) < 1e-6);
  const poisson = await drive(() => answerAfter(1), { ratePerSec: 1_000, arrivals: 'poisson' });
  assert.ok(Math.abs((poisson.recording.sendGapCv ?? 0) - 1) < 0.05);
});

test('known answer: bursts of 503 are counted to the request, and their speed is in no latency', async () => {
  const { recording } = await drive((index) =>
    index % 100 < 20 ? { kind: 'answer', afterNs: 0, status: 503 } : answerAfter(5),
  );
  assert.equal(recording.counts.wrongCount, 200);
  assert.equal(recording.counts.okCount, 800);
  assertNear(recording.responseTime.minMs, 5, 'no 503 among the answers');
});

test('known answer: a connection closed at random between two requests costs neither', async () => {
  let state = 1;
  const isClosing = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 10 === 0;
  };
  let closeCount = 0;
  const { recording, pool } = await drive(() => {
    const isLast = isClosing();
    if (isLast) closeCount++;
    return { kind: 'answer', afterNs: nsPerMs, isLast };
  });
  assert.equal(recording.counts.okCount, 1_000);
  assert.ok(closeCount > 50);
  // One at first, and one for each that was closed and needed again.
  assert.ok(pool.stats.openedCount >= closeCount && pool.stats.openedCount <= closeCount + 1);
});
