// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const entry = join(import.meta.dirname, '..', '..', 'bin', 'paceline.mjs');
/** Says what an old Node would say of itself; nothing else of it is old. */
const pretence = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });",
)}`;

test('a Node that cannot run TypeScript gets one clear message and exit code 3', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', pretence, entry, 'list'], {
    encoding: 'utf8',
  });
  assert.equal(status, 3);
  assert.equal(stdout, '');
  assert.match(stderr, /^paceline: this is Node 20\.1\.0, which cannot run TypeScript/);
  assert.match(stderr, /Remedy: run `npm ci`/);
});
