import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../src/run/nearest.ts';

test('a mistyped name finds its neighbour', () => {
  assert.equal(nearest('crud-nod-async', ['crud-go', 'crud-node-async']), 'crud-node-async');
});

test('a name like none of them finds nothing', () => {
  assert.equal(nearest('kubernetes', ['quick', 'smoke']), null);
});
