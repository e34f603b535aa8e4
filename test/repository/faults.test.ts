import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { impossible, nameOf } from '../faults/cell.ts';
import { cells } from '../faults/cells.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/faults.md'), 'utf8');

test('each cell of the fault matrix has one test, can happen, and stands in docs/faults.md as it is', () => {
  const names = cells.map(nameOf);
  assert.equal(new Set(names).size, names.length);
  for (const { who, what, when } of cells) {
    assert.equal(impossible(who, what, when), null, nameOf({ who, what, when }));
    assert.ok(page.includes(`| ${who} | ${what} | ${when} |`), `npm run faults: ${nameOf({ who, what, when })}`);
  }
});

test('at least 60 cells are tried, and none that the page ticks has failed', () => {
  const [, passed = '0', all = '0'] = /\*\*(\d+) cells tried and passed, of (\d+)/.exec(page) ?? [];
  assert.equal(Number(all), cells.length);
  assert.ok(Number(passed) >= 60, `${passed}`);
  assert.doesNotMatch(page, /\| ✖ \|/);
});
