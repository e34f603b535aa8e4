// test-lane: waits
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readResult } from '../../src/store/result-file.ts';
import { processesOf } from '../support/leftovers.ts';
import {
  echoRun,
  shareConformance,
  startPaceline,
  type Workspace,
  workspace,
  writeImplementation,
} from '../support/paceline.ts';

const root = join(import.meta.dirname, '..', '..');
/** What the README promises, and a little for a busy machine. */
const limitMs = 3_500;

/** Starts a command in the checkout and waits for a line of its standard error. */
async function started(command: readonly string[], space: Workspace, line: RegExp): Promise<ChildProcess> {
  const [program = '', ...args] = command;
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...inherited, ...space.env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  await new Promise<void>((seen, missing) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (line.test(said)) seen();
    });
    child.once('close', () => missing(new Error(said)));
  });
  return child;
}

/** Until no process knows the workspace any more. */
async function goneWithinMs({ dir }: Workspace): Promise<number> {
  const startedMs = performance.now();
  while (processesOf(dir).length > 0 && performance.now() - startedMs < 15_000) await sleep(50);
  return performance.now() - startedMs;
}

const measuring = /^ {2}measure$[\s\S]*^ {2}measure$/m;
const twoTrials = (space: Workspace, id: string) =>
  echoRun([id], space.file('r.json'), '--verbose', '--trials', '3', '--duration', '4');

async function assertWhole(space: Workspace): Promise<void> {
  const { state, trials } = await readResult(space.file('r.json'));
  assert.equal(trials.length, 1);
  assert.notEqual(state, 'complete');
}

describe('SIGTERM ends everything within three seconds', () => {
  const commands = {
    'npm run': ['npm', 'run', 'bench', '--'],
    npx: ['npx', '--no-install', 'paceline'],
  };
  for (const [name, command] of Object.entries(commands)) {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      test(`when ${name} gets ${signal}; the finished trial is whole`, async (context) => {
        const space = await workspace(context);
        const child = await started([...command, ...twoTrials(space, 'echo')], space, measuring);
        context.after(() => {
          for (const found of processesOf(space.dir)) process.kill(Number.parseInt(found, 10), 'SIGKILL');
        });
        const ended = once(child, 'exit');
        child.kill(signal);
        const tookMs = await goneWithinMs(space);
        assert.ok(tookMs < limitMs, `${Math.round(tookMs)} ms`);
        await ended;
        await assertWhole(space);
      });
    }
  }

  test('a target that is deaf to it too, with exit code 143', async (context) => {
    const space = await workspace(context);
    const running = startPaceline(twoTrials(space, 'deaf-later'), space);
    await running.line(/^ {2}measure$/, 1);
    running.signal('SIGTERM');
    const tookMs = await goneWithinMs(space);
    assert.ok(tookMs < limitMs, `${Math.round(tookMs)} ms`);
    assert.equal((await running.finished).exitCode, 143);
  });

  test('a build tool that ignores every signal it can', async (context) => {
    const space = await workspace(context);
    const build = [['sh', '-c', "trap '' INT TERM HUP; while :; do sleep 1; done"]];
    const impls = await writeImplementation(space.file('impls'), 'slow-build', { build });
    const running = startPaceline([...echoRun(['slow-build'], space.file('b.json')), '--impls', impls], space);
    await running.line(/slow-build: sh -c/);
    running.signal('SIGTERM');
    const tookMs = await goneWithinMs(space);
    assert.ok(tookMs < limitMs, `${Math.round(tookMs)} ms`);
    assert.equal((await running.finished).exitCode, 143);
  });

  const moments: Readonly<Record<string, RegExp>> = {
    'while PostgreSQL is prepared': /^preparing PostgreSQL/,
    'while the template is filled': /^filling the template/,
    'while the database is copied': /^ {2}copy-database$/,
    'in a trial with a database': /^ {2}measure$/,
  };
  for (const [when, line] of Object.entries(moments)) {
    test(when, async (context) => {
      const space = await workspace(context);
      await shareConformance(space);
      const size = ['--attempts', '1', '--no-report', '--verbose', '--out', space.file('r.json')];
      const running = startPaceline(['run', 'smoke', '--impl', 'crud-node-async', ...size], space);
      await running.line(line);
      running.signal('SIGTERM');
      const tookMs = await goneWithinMs(space);
      assert.ok(tookMs < limitMs, `${Math.round(tookMs)} ms`);
      assert.equal((await running.finished).exitCode, 143);
    });
  }
});
