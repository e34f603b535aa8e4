// test-lane: waits
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Finished, startPaceline } from '../support/paceline.ts';
import { skipUnless } from '../support/tool.ts';

const ids = ['crud-go', 'crud-node-async', 'crud-python-flask'];
const missing = [skipUnless('go', 'version'), skipUnless('python3', '--version')].find((reason) => reason !== false);
const skip = missing ?? false;
/** With an empty cache three services are built first. */
const timeout = 10 * 60_000;

let finished: Finished;
// Of the long run (npm run bench -- fuzz) the first few seconds. With the user's own cache: the builds are the same.
before(
  async () => {
    if (skip === false) finished = await startPaceline(['fuzz', ...ids, '--requests', '400', '--json']).finished;
  },
  { timeout },
);

test('Node, Go and Python answer odd requests alike', { skip, timeout }, () => {
  const report = JSON.parse(finished.stdout);
  assert.deepEqual(report.failures, []);
  assert.equal(finished.exitCode, 0);
  assert.deepEqual(report.implementations, ids);
  assert.ok(report.requestCount >= 400);
  assert.ok(Object.keys(report.classes).length > 20, finished.stdout);
});

test('a service without a grammar, and an unknown implementation, are refused', async () => {
  const [service, implementation] = await Promise.all([
    startPaceline(['fuzz', '--service', 'raft']).finished,
    startPaceline(['fuzz', 'crud-gone']).finished,
  ]);
  assert.equal(service.exitCode, 2);
  assert.match(service.stderr, /no grammar of requests/);
  assert.equal(implementation.exitCode, 2);
  assert.match(implementation.stderr, /crud-go/);
});
