import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleMeasurement, type Observations } from '../../src/run/trial/observations.ts';
import { trialSpec } from '../support/trial-spec.ts';

test('CPU while idle is a difference of counters in whole microseconds, without the residue of subtraction', () => {
  const reading = (cpuUserMs: number, cpuSystemMs: number) => ({ cpuUserMs, cpuSystemMs, anonBytes: null });
  const idleOf = (before: object, after: object) => {
    const window = { target: { userMs: 1, systemMs: 0, runDelayMs: null }, generator: null, database: null };
    const seen = {
      targetLog: '',
      startupMs: 1,
      load: null,
      idle: { before, after },
      window: { ...window, windowMs: 1, samples: [], probe: {} },
    };
    return assembleMeasurement(trialSpec(), seen as unknown as Observations)?.idleCpuMsPerSec;
  };
  assert.notEqual(0.3 + 0 - 0.1 - 0.2, 0);
  assert.equal(idleOf(reading(0.1, 0.2), reading(0.3, 0)), 0);
  assert.equal(idleOf(reading(0.1, 0.2), reading(0.4, 0.2)), (0.3 / trialSpec().idleMs) * 1000);
});
