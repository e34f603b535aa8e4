import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CountedLoadObservation, judgeCountedLoad } from '../../src/conformance/checks/counted-load.ts';
import { loadResult } from '../support/load-result.ts';

const { counts } = loadResult();
const declared = {
  workload: 'history',
  statementsByOperation: { read: { min: 2, max: 2 }, content: { min: 2, max: 3 } },
};

function failuresOf(change: Partial<CountedLoadObservation>): string[] {
  const observed: CountedLoadObservation = {
    okByOperation: { read: 1_000, content: 1_000 },
    counts: { ...counts, wrongCount: 0 },
    errors: [],
    statements: [{ query: 'SELECT …', callCount: 4_400 }],
    maxConnectionCount: 9,
    connectionLimit: 9,
    changedSettings: [],
    ...change,
  };
  const { checks } = judgeCountedLoad(observed, declared, [/^LISTEN/]);
  return checks.filter(({ passed }) => !passed).map(({ name }) => name);
}

const statements = (callCount: number) => ({ statements: [{ query: 'SELECT …', callCount }] });

test('as many statements as the operations cost', () => {
  assert.deepEqual(failuresOf({}), []);
  assert.deepEqual(failuresOf(statements(4_000)), []);
  assert.deepEqual(failuresOf(statements(5_000)), []);
});

test('fewer are found as well as more', () => {
  const name = 'it sends as many statements as its contract says';
  assert.deepEqual(failuresOf(statements(3_500)), [name]);
  assert.deepEqual(failuresOf(statements(5_500)), [name]);
});

test('what belongs to a connection and not to a request is not counted', () => {
  const more = { query: 'LISTEN user_event', callCount: 9_000 };
  assert.deepEqual(failuresOf({ statements: [...statements(4_400).statements, more] }), []);
});

test('a database that cannot count or show settings leaves these unchecked', () => {
  assert.deepEqual(failuresOf({ statements: null, changedSettings: null }), []);
});

test('connections, settings, wrong answers and operations without a price', () => {
  assert.deepEqual(failuresOf({ maxConnectionCount: 19 }), ['it holds no more connections than it was given']);
  assert.deepEqual(failuresOf({ changedSettings: ['synchronous_commit=off'] }), [
    'its sessions have the server’s settings',
  ]);
  assert.deepEqual(failuresOf({ counts: { ...counts, wrongCount: 1 } }), ['every answer is right']);
  assert.deepEqual(failuresOf({ okByOperation: { read: 2_000, dance: 200 }, ...statements(4_000) }), [
    'the service declares what each operation costs',
  ]);
});
