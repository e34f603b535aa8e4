import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nothingMeasured } from '../../src/run/prepare.ts';
import { skipped } from '../support/run-result.ts';

test('a scenario without an implementation of its service names the flag that adds a folder', () => {
  const error = nothingMeasured([]);
  assert.equal(error.code, 'cannot-measure');
  assert.match(error.remedy, /--impls test\/fixtures\/impls/);
});

test('implementations that were all skipped are listed with reason and remedy', () => {
  const error = nothingMeasured([skipped('crud-go', 'go not on PATH', 'install Go')]);
  assert.match(error.message, /crud-go: go not on PATH\n\s+remedy: install Go/);
});
