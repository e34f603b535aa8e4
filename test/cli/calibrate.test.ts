import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baselineText } from '../../src/cli/commands/calibrate.ts';
import type { Baseline } from '../../src/report/baseline.ts';

const floor: Baseline = {
  machineId: 'm',
  startedAt: '2026-11-01T00:00:00.000Z',
  rows: [],
  highestRatePerSec: 100,
  isLimit: true,
};

test('only a ladder that went beyond the sustained rates gives a limit', () => {
  assert.match(baselineText(floor), /highest rate kept: 100\/s \(`load` refuses more/);
  const open = baselineText({ ...floor, isLimit: false });
  assert.match(open, /all were kept up to 100\/s/);
  assert.doesNotMatch(open, /refuses/);
  assert.match(baselineText({ ...floor, highestRatePerSec: null, isLimit: false }), /none of these rates was kept/);
});
