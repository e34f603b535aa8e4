import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseBetween, parseCpuLine, readMachineCounters } from '../../src/probe/machine-noise.ts';

const quiet = { pressureSomeMs: 100, diskFullMs: 10, stealTicks: 5, allTicks: 1_000, busyMs: 400 };

test('guest time is not counted a second time', () => {
  const line = parseCpuLine('cpu  100 1 50 800 7 2 3 37 90 1\ncpu0 1 1 1 1\n');
  assert.deepEqual(line, { stealTicks: 37, busyTicks: 156, allTicks: 1_000 });
});

test('noise is what happened between two gauges', () => {
  const later = { pressureSomeMs: 130, diskFullMs: 17, stealTicks: 25, allTicks: 1_200, busyMs: 1_400 };
  assert.deepEqual(noiseBetween(quiet, later), {
    psiCpuSomeMs: 30,
    psiIoFullMs: 7,
    stealRatio: 0.1,
    machineCpuMs: 1_000,
  });
});

test('what a machine does not keep is unknown, not zero', () => {
  const unknown = { pressureSomeMs: null, diskFullMs: null, stealTicks: null, allTicks: null, busyMs: null };
  assert.deepEqual(noiseBetween(unknown, quiet), {
    psiCpuSomeMs: null,
    psiIoFullMs: null,
    stealRatio: null,
    machineCpuMs: null,
  });
});

test('two gauges at one moment have no steal rather than a division by zero', () => {
  assert.equal(noiseBetween(quiet, quiet).stealRatio, null);
});

test('the CPU of this very process is part of what the machine used', { skip: process.platform !== 'linux' }, () => {
  const before = readMachineCounters();
  const start = process.threadCpuUsage();
  let used = start;
  while (used.user + used.system - start.user - start.system < 100_000) used = process.threadCpuUsage();
  const { machineCpuMs } = noiseBetween(before, readMachineCounters());
  assert.ok((machineCpuMs ?? 0) >= 80, `${machineCpuMs} ms`);
});
