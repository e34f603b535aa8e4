import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floorText } from '../../src/cli/calibrate.ts';
import type { Floor } from '../../src/report/floor.ts';

const floor: Floor = {
  machineId: 'm',
  startedAt: '2026-11-01T00:00:00.000Z',
  rows: [],
  highestRatePerSec: 100,
  isLimit: true,
};

test('only a ladder that went beyond what was kept tells a limit', () => {
  assert.match(floorText(floor), /highest rate kept: 100\/s \(`load` refuses more/);
  const open = floorText({ ...floor, isLimit: false });
  assert.match(open, /all were kept up to 100\/s/);
  assert.doesNotMatch(open, /refuses/);
  assert.match(floorText({ ...floor, highestRatePerSec: null, isLimit: false }), /none of these rates was kept/);
});
