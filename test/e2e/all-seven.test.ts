// test-lane: busy
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import { type Finished, makeWorkspace, removeWorkspace, startPaceline } from '../support/paceline.ts';
import { skipUnless } from '../support/tool.ts';

const ids = [
  'crud-go',
  'crud-node-async',
  'crud-node-processes',
  'crud-node-threads',
  'crud-node-workers',
  'crud-python-asyncio',
  'crud-python-flask',
];
const missing = [skipUnless('go', 'version'), skipUnless('python3', '--version')].find((reason) => reason !== false);
let ended: Finished & { readonly result: RunResult; readonly left: readonly string[] };

/** With an empty cache all seven are built and checked first: minutes, on a shared machine more than the five of other tests. */
const timeout = 15 * 60_000;

// With the user's own cache: the builds are the same, and what is remembered there was checked for these very sources.
before(startAll, { timeout });

async function startAll(): Promise<void> {
  const space = await makeWorkspace();
  const out = space.file('r.json');
  const running = startPaceline(['run', 'smoke', '--attempts', '1', '--no-report', '--out', out]);
  const finished = await running.finished;
  ended = { ...finished, result: await readResult(out), left: leftovers(running.pid, space) };
  await removeWorkspace(space);
}

test('all seven implementations of crud keep the contract', { skip: missing ?? false, timeout }, () => {
  const outcomes = ended.result.implementations.map((one) => [
    one.manifest.id,
    one.status === 'ready' ? one.conformance : one,
  ]);
  const checkCounts = ended.result.implementations.map((one) =>
    one.status === 'ready' && one.conformance.status === 'passed' ? one.conformance.checkCount : 0,
  );
  assert.deepEqual(ended.result.implementations.map(({ manifest }) => manifest.id).sort(), ids);
  assert.ok(
    checkCounts.every((count) => count > 900),
    JSON.stringify(outcomes, null, 1),
  );
});

test('each of them has a trial without a wrong answer, with a measurement', { skip: missing ?? false }, () => {
  // A noisy machine may flag a trial; a target at fault would be `failed`.
  assert.deepEqual(
    ended.result.trials.filter(({ status }) => status === 'failed'),
    [],
  );
  assert.equal(ended.result.trials.length, ids.length);
  for (const trial of ended.result.trials) {
    assert.ok((trial.measurement?.load?.counts.okCount ?? 0) > 0, trial.spec.implementation);
    assert.ok((trial.measurement?.memory.idleBytes ?? 0) > 0, trial.spec.implementation);
  }
});

test('nothing is left of the run', () => {
  assert.deepEqual(ended.left, []);
});
