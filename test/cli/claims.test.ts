// test-lane: waits
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { rootDir } from '../../src/run/paths.ts';
import { paceline } from '../support/paceline.ts';

test('what was not measured says why, without being asked', async () => {
  const { stdout } = await paceline(['claims']);
  const [, gaps = ''] = stdout.split('\nnot measured:\n');
  assert.match(gaps, /^ {2}no-memory-management: nothing to measure: CPython counts references/m);
  assert.equal(gaps.match(/^ {2}\S+: /gm)?.length, stdout.match(/ not measured /g)?.length);
});

test('a table of claims says for which machine its ratios hold', async () => {
  const { stdout } = await paceline(['claims', join(rootDir, 'test/fixtures/results/v3-quick.json')]);
  assert.match(stdout, /^Measured on .+, \d+ cores \(machine \w+\); a ratio holds for this machine\.\n\n/);
});
