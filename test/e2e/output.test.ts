// test-lane: waits
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import { bin, echoRun, paceline, workspace, writeImplementation } from '../support/paceline.ts';
import { skipUnless } from '../support/tool.ts';

function spawnBare(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  let heard = '';
  return new Promise((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      heard += chunk;
      if (pattern.test(heard)) resolve();
    });
  });
}

test('a reader slower than paceline still gets the whole result', async (context) => {
  const space = await workspace(context);
  const impls = await writeImplementation(space.file('impls'), 'wordy', { description: 'x'.repeat(2_000_000) });
  const child = spawnBare([...echoRun(['wordy'], space.file('r.json'), '--json'), '--impls', impls], space.env);
  await said(child, /^Result /m);
  await sleep(500);
  const json = await text(child.stdout ?? assert.fail());
  assert.deepEqual(JSON.parse(json), await readResult(space.file('r.json')));
});

test('a closed standard output does not end a run halfway', async (context) => {
  const space = await workspace(context);
  const child = spawnBare(echoRun(['echo'], space.file('r.json'), '--verbose'), space.env);
  await said(child, /^ {2}idle$/m);
  child.stderr?.destroy();
  child.stdout?.destroy();
  const [exitCode] = await once(child, 'exit');
  const { state, trials } = await readResult(space.file('r.json'));
  assert.equal(state, 'complete');
  assert.equal(exitCode, trials[0]?.status === 'ok' ? 0 : 3);
  assert.deepEqual(leftovers(child.pid ?? 0, space), []);
});

test('a terminal gets colours and one moving line, unless NO_COLOR is set', {
  skip: skipUnless('script', '--version'),
}, async (context) => {
  const space = await workspace(context);
  const command = [process.execPath, bin, ...echoRun(['echo'], space.file('r.json'))];
  const onTerminal = (words: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const line = words.map((word) => `'${word}'`).join(' ');
    const options = { env: { ...process.env, TERM: 'xterm', ...space.env, ...env }, encoding: 'utf8' } as const;
    return spawnSync('script', ['-qec', line, '/dev/null'], options).stdout;
  };
  const esc = String.fromCharCode(27);
  const colored = onTerminal(command);
  assert.ok(colored.includes(`${esc}[1m`), 'bold');
  assert.ok(colored.includes('[1/1] echo echo 50/s · measure · '), colored);
  assert.ok(colored.includes(`${esc}[2K`), 'the line is rewritten');
  const report = ['report', space.file('r.json'), '--format', 'text'];
  assert.ok(onTerminal([process.execPath, bin, ...report]).includes(`${esc}[`));
  assert.ok(!onTerminal([process.execPath, bin, ...report], { NO_COLOR: '1' }).includes(`${esc}[`));
  assert.ok(!(await paceline(report, space)).stdout.includes(esc));
});
