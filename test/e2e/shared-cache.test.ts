// test-lane: waits
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { readResult } from '../../src/store/result-file.ts';
import { bin, echoRun, makeWorkspace, paceline, removeWorkspace } from '../support/paceline.ts';

/** A process namespace of its own, as each container has one. */
const ownNamespace = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const canUnshare = spawnSync('unshare', [...ownNamespace, 'true']).status === 0;

test('a run in another process namespace that shares the cache is alive to this one, and is not disturbed', {
  skip: canUnshare ? false : 'no process namespace can be made here',
}, async (context) => {
  const space = await makeWorkspace();
  context.after(() => removeWorkspace(space));
  const out = space.file('first.json');
  const args = [...ownNamespace, process.execPath, bin, ...echoRun(['echo'], out, '--duration', '5', '--verbose')];
  const first = spawn('unshare', args, { env: { ...process.env, ...space.env }, stdio: ['ignore', 'ignore', 'pipe'] });
  context.after(() => first.kill('SIGKILL'));
  let said = '';
  await new Promise<void>((begun) => {
    first.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/^ {2}warm-up$/m.test(said)) begun();
    });
    first.once('close', () => begun());
  });
  const second = await paceline(echoRun(['echo'], space.file('second.json')), { env: space.env });
  assert.doesNotMatch(second.stderr, /cleaned up/);
  if (first.exitCode === null) await once(first, 'close');
  const { state, trials } = await readResult(out);
  assert.equal(state, 'complete', said);
  assert.deepEqual(
    trials.filter(({ status }) => status === 'failed'),
    [],
  );
});
