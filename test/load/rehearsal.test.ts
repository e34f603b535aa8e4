import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicClock } from '../../src/load/clock.ts';
import { rehearse } from '../../src/load/rehearsal.ts';

const openCount = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length;

test('a rehearsal leaves no connection and no server behind', async () => {
  await rehearse(monotonicClock);
  assert.ok(openCount() > 0, 'they take a turn or two to close');
  for (let tries = 0; tries < 20 && openCount() > 0; tries++) await sleep(50);
  assert.equal(openCount(), 0);
});
