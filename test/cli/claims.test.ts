// test-lane: waits
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paceline } from '../support/paceline.ts';

test('what was not measured says why, without being asked', async () => {
  const { stdout } = await paceline(['claims']);
  const [, gaps = ''] = stdout.split('\nnot measured:\n');
  assert.match(gaps, /^ {2}no-memory-management: nothing to measure: CPython counts references/m);
  assert.equal(gaps.match(/^ {2}\S+: /gm)?.length, stdout.match(/ not measured /g)?.length);
});
