import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inStartOrder, laneOf, lanes, parts, testPaths, wallSecondsAfter } from '../lanes.ts';

const root = join(import.meta.dirname, '..', '..');
const files = testPaths(root).map((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, lane: laneOf(path, text) };
});

/** What starts a process. */
const starters =
  /from '(node:child_process|[./]+(support\/(paceline|tool|chromium)|database\/open-server|open-server)\.ts)'/;

test('a unit test starts no process: the loop at the desk stays short', () => {
  const starting = files.filter(({ lane, text }) => lane === 'unit' && starters.test(text));
  assert.ok(files.filter(({ lane }) => lane === 'unit').length > 50);
  assert.deepEqual(
    starting.map(({ path }) => path),
    [],
  );
});

test('an unknown lane is an error with the file and the known lanes', () => {
  assert.throws(() => laneOf('a.test.ts', '// test-lane: wiats\n'), /a\.test\.ts: no lane is called "wiats"; .*waits/);
  assert.equal(laneOf('a.test.ts', "import assert from 'node:assert/strict';\n"), 'unit');
  assert.equal(laneOf('a.test.ts', '// test-lane: rare\n'), 'rare');
});

test('all parts of test:all together end within 75 minutes, and no part is called like a lane', () => {
  assert.ok(parts.reduce((sum, { limitMinutes }) => sum + limitMinutes, 0) <= 75);
  const ids = [...lanes, ...parts].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test('of each lane the file that took longest starts first, then those without seconds by the length of their text', () => {
  const file = (path: string, lane: string, bytes: number) => ({ path, lane, bytes });
  const given = [
    file('new', 'waits', 9),
    file('short', 'waits', 8),
    file('long', 'waits', 7),
    file('longest', 'waits', 6),
    file('busy', 'busy', 5),
  ];
  const paths = inStartOrder(given, { long: 20, longest: 100, busy: 3 }).map(({ path }) => path);
  assert.deepEqual(paths, ['busy', 'longest', 'long', 'new', 'short']);
});

test('saved seconds keep what was not run, and drop what is short or gone', () => {
  const after = wallSecondsAfter({ a: 9, b: 30, gone: 50 }, { a: 40.4, c: 1.2 }, ['a', 'b', 'c']);
  assert.deepEqual(Object.entries(after), [
    ['a', 40],
    ['b', 30],
  ]);
});
