// test-lane: alone
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Probe, Reading } from '../../src/probe/probe.ts';
import { type SamplerClock, type SamplerOptions, startSampler } from '../../src/probe/sampler.ts';

const openAtNs = 1_000e6;

/** Time that moves only on order, in steps small enough for every alarm. */
function virtualClock() {
  let nowNs = 0;
  const alarms: { timeNs: number; callback: () => void }[] = [];
  const clock: SamplerClock = {
    nowNs: () => nowNs,
    at(timeNs, callback) {
      const alarm = { timeNs, callback };
      alarms.push(alarm);
      return { cancel: () => void alarms.splice(alarms.indexOf(alarm), 1) };
    },
  };
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
  }
  async function advanceTo(ms: number): Promise<void> {
    while (nowNs < ms * 1e6) {
      nowNs += 10e6;
      for (const alarm of alarms.filter(({ timeNs }) => timeNs <= nowNs)) {
        alarms.splice(alarms.indexOf(alarm), 1);
        alarm.callback();
      }
      await settle();
    }
  }
  function jumpTo(ms: number): void {
    nowNs = ms * 1e6;
  }
  return { clock, advanceTo, jumpTo, settle };
}

const nothing: Reading = {
  cpuUserMs: 0,
  cpuSystemMs: 0,
  anonBytes: null,
  rssBytes: null,
  processCount: 1,
  threadCount: 1,
  runDelayMs: null,
};

/** A target that burns half a core and whose memory the test decides. */
function probe(clock: SamplerClock, anonBytesAt: (ms: number) => number | null = () => null): Probe {
  const anonBytes = () => anonBytesAt((clock.nowNs() - openAtNs) / 1e6);
  return {
    method: 'cgroup',
    cpuSource: '',
    memorySource: '',
    read: async () => ({ ...nothing, cpuUserMs: clock.nowNs() / 2e6, anonBytes: anonBytes() }),
    readAnonBytes: async () => anonBytes(),
    memoryDetail: () => assert.fail('not while sampling'),
  };
}

function start(clock: SamplerClock, change: Partial<SamplerOptions> = {}) {
  const probes = new Map([['target', probe(clock)]] as const);
  return startSampler({
    probes,
    openAtNs,
    intervalMs: 500,
    clock,
    cpuUsage: () => ({ user: 0, system: 0 }),
    ...change,
  });
}

test('samples lie at the window’s opening, at multiples of the interval, and at its closing', async () => {
  const { clock, advanceTo } = virtualClock();
  const sampler = start(clock);
  await advanceTo(2_200);
  sampler.close();
  const { samples } = await sampler.end();
  assert.deepEqual(
    samples.map(({ atMs }) => atMs),
    [0, 500, 1_000, 1_200],
  );
});

test('all roles are read at each sample', async () => {
  const { clock, advanceTo } = virtualClock();
  const probes = new Map([
    ['target', probe(clock)],
    ['database', probe(clock)],
  ] as const);
  const sampler = start(clock, { probes });
  await advanceTo(1_500);
  const { samples } = await sampler.end();
  assert.deepEqual(
    samples.slice(0, 4).map(({ role }) => role),
    ['target', 'database', 'target', 'database'],
  );
});

test('the edges of the window are readings of their own', async () => {
  const { clock, advanceTo, settle } = virtualClock();
  const sampler = start(clock);
  await advanceTo(2_300);
  sampler.close();
  await settle();
  await advanceTo(5_000);
  const { edges, windowMs } = await sampler.end();
  const target = edges.get('target');
  assert.equal(windowMs, 1_300);
  assert.equal((target?.closed.cpuUserMs ?? 0) - (target?.opened.cpuUserMs ?? 0), 650);
});

test('a peak between two samples is seen by the ten looks a second', async () => {
  const { clock, advanceTo } = virtualClock();
  const spike = (ms: number) => (ms >= 690 && ms <= 710 ? 900 : 100);
  const sampler = start(clock, { probes: new Map([['target', probe(clock, spike)]] as const) });
  await advanceTo(2_000);
  const { peakAnonBytes, samples } = await sampler.end();
  assert.equal(peakAnonBytes, 900);
  assert.ok(samples.every(({ anonBytes }) => anonBytes === 100));
});

test('a look that comes too late is dropped, and the next one is aligned again', async () => {
  const { clock, advanceTo, jumpTo } = virtualClock();
  const sampler = start(clock);
  await advanceTo(1_200);
  jumpTo(1_730);
  await advanceTo(2_600);
  const { samples } = await sampler.end();
  assert.deepEqual(
    samples.map(({ atMs }) => atMs),
    [0, 1_000, 1_500, 1_600],
  );
});

test('what sampling costs is reported', async () => {
  const { clock, advanceTo } = virtualClock();
  let usedUs = 0;
  const cpuUsage = () => {
    usedUs += 1_000;
    return { user: usedUs, system: 0 };
  };
  const sampler = start(clock, { cpuUsage });
  await advanceTo(2_000);
  const { samplingCpuMs, samplingCoresUsed } = await sampler.end();
  // Eleven looks from 0 to 1,000 ms and the closing one, a millisecond each by this clock.
  assert.equal(samplingCpuMs, 12);
  assert.equal(samplingCoresUsed, 0.012);
});

test('a reading that fails is reported at the end and stops the sampling', async () => {
  const { clock, advanceTo } = virtualClock();
  const failing: Probe = { ...probe(clock), read: () => Promise.reject(new Error('the group is gone')) };
  const sampler = start(clock, { probes: new Map([['target', failing]] as const) });
  await advanceTo(2_000);
  await assert.rejects(sampler.end(), /the group is gone/);
});

test('a window closed before it opened has a whole, empty record', async () => {
  const { clock } = virtualClock();
  const sampler = start(clock);
  const { edges, windowMs, samplingCoresUsed } = await sampler.end();
  assert.deepEqual([windowMs, samplingCoresUsed, edges.has('target')], [0, 0, true]);
});

test('an interval that the ten looks a second do not meet is refused', () => {
  const { clock } = virtualClock();
  assert.throws(() => start(clock, { intervalMs: 250 }), RangeError);
});
