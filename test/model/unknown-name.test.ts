import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byNearness, nearestName } from '../../src/model/unknown-name.ts';

test('a mistyped name finds its neighbour', () => {
  assert.equal(nearestName('crud-nod-async', ['crud-go', 'crud-node-async']), 'crud-node-async');
});

test('a name like none of them finds nothing', () => {
  assert.equal(nearestName('kubernetes', ['quick', 'smoke']), null);
});

test('ids of parts are ordered by what they contain, then by their nearest beginning', () => {
  const ids = ['raft-go/put/100/cpu', 'crud-node-async/history/100/cpu', 'crud-go/history/100/cpu'];
  assert.deepEqual(byNearness('crud-og', ids), [
    'crud-go/history/100/cpu',
    'raft-go/put/100/cpu',
    'crud-node-async/history/100/cpu',
  ]);
  assert.equal(byNearness('put/100', ids)[0], 'raft-go/put/100/cpu');
});
