// test-lane: waits
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Phase } from '../../src/model/trial.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  echoRun,
  type Finished,
  makeWorkspace,
  paceline,
  type RunningPaceline,
  removeWorkspace,
  shareConformance,
  startPaceline,
  type Workspace,
  workspace,
  writeImplementation,
} from '../support/paceline.ts';

/** Ctrl-C reaches the whole process group at a terminal; `kill -INT` and most supervisors only the process. */
const ways = [
  (running: RunningPaceline) => running.interrupt(),
  (running: RunningPaceline) => running.signal('SIGINT'),
] as const;

/** The two in turn. */
const way = (index: number) => (index % 2 === 0 ? ways[0] : ways[1]);

interface Moment {
  readonly line: RegExp;
  readonly nth?: number;
}

async function interruptedAt(
  args: readonly string[],
  { line, nth = 1 }: Moment,
  send: (running: RunningPaceline) => void,
  space: Workspace,
): Promise<Finished> {
  const running = startPaceline(args, space);
  await running.line(line, nth);
  send(running);
  const finished = await running.finished;
  assert.deepEqual(leftovers(running.pid, space), [], finished.stderr);
  return finished;
}

function assertInterrupted({ exitCode, stderr }: Finished): void {
  assert.match(stderr, /paceline: interrupted by SIGINT; everything was cleaned up\n$/);
  assert.doesNotMatch(stderr, /\n\s+at /);
  assert.doesNotMatch(stderr, /starting another/);
  assert.equal(exitCode, 130);
}

const lineOf = (phase: Phase) => new RegExp(`^  ${phase}$`);

describe('Ctrl-C without a database', () => {
  let space: Workspace;
  before(async () => {
    space = await makeWorkspace();
  });
  after(() => removeWorkspace(space));

  test('while the contract is checked', async () => {
    const args = echoRun(['echo'], space.file('conformance.json'));
    assertInterrupted(await interruptedAt(args, { line: /checking the contract/ }, ways[0], space));
    assert.equal(existsSync(space.file('conformance.json')), false);
  });

  const phases: readonly Phase[] = ['start', 'idle', 'connect', 'warm-up', 'measure', 'after-load', 'stop'];
  for (const [index, phase] of phases.entries()) {
    test(`in the phase ${phase}`, async () => {
      const out = space.file(`${phase}.json`);
      const args = echoRun(['echo'], out, '--verbose', '--trials', '2');
      assertInterrupted(await interruptedAt(args, { line: lineOf(phase) }, way(index), space));
      const { state, finishedAt, plannedTrialCount } = await readResult(out);
      assert.equal(state, 'interrupted');
      assert.notEqual(finishedAt, null);
      assert.equal(plannedTrialCount, 2);
    });
  }

  test('keeps the finished trials, of which a report can be made', async () => {
    const out = space.file('kept.json');
    const args = echoRun(['echo'], out, '--verbose', '--trials', '3');
    const ended = await interruptedAt(args, { line: lineOf('measure'), nth: 2 }, ways[0], space);
    assertInterrupted(ended);
    assert.match(ended.stderr, new RegExp(`1 finished trial is kept: npm run bench -- report ${out}\\n`));
    const { trials, state } = await readResult(out);
    assert.equal(trials.length, 1);
    assert.equal(state, 'interrupted');
    const page = space.file('kept.html');
    const report = await paceline(['report', out, '--out', page], space);
    assert.equal(report.exitCode, 0, report.stderr);
    assert.ok(existsSync(page));
    const text = await paceline(['report', out, '--format', 'text'], space);
    assert.match(text.stdout, /1 of 3/);
    assert.match(text.stdout, /interrupted/i);
  });

  test('ends a target that ignores SIGTERM, and a second interrupt changes nothing', async () => {
    const out = space.file('deaf.json');
    const running = startPaceline(echoRun(['deaf-later'], out, '--verbose', '--trials', '2'), space);
    await running.line(lineOf('measure'));
    running.interrupt();
    running.interrupt();
    const finished = await running.finished;
    assertInterrupted(finished);
    assert.deepEqual(leftovers(running.pid, space), []);
  });

  test('SIGTERM ends a run in the same way, with its own exit code', async () => {
    const args = echoRun(['echo'], space.file('term.json'), '--verbose');
    const ended = await interruptedAt(args, { line: lineOf('measure') }, (running) => running.signal('SIGTERM'), space);
    assert.match(ended.stderr, /interrupted by SIGTERM; everything was cleaned up/);
    assert.equal(ended.exitCode, 143);
  });

  for (const [index, send] of ways.entries()) {
    test(`while building, ${index === 0 ? 'to the group' : 'to the process alone'}`, { timeout: 60_000 }, async () => {
      // The tool starts another in the background, which keeps its output open.
      const build = [['sh', '-c', 'sleep 600 & sleep 600; true']];
      const impls = await writeImplementation(space.file('impls'), 'slow-build', { build });
      const args = [...echoRun(['slow-build'], space.file('build.json')), '--impls', impls];
      assertInterrupted(await interruptedAt(args, { line: /slow-build: sh -c/ }, send, space));
    });
  }
});

describe('Ctrl-C with a database', { concurrency: 2 }, () => {
  const args = (out: string) => [
    'run',
    'smoke',
    '--impl',
    'crud-node-async',
    '--attempts',
    '1',
    '--no-report',
    '--verbose',
    '--out',
    out,
  ];

  const moments: Readonly<Record<string, RegExp>> = {
    'while its files are made': /^preparing PostgreSQL/,
    'while it starts': /^starting PostgreSQL/,
    'while the template is filled': /^filling the template/,
    'while the contract is checked': /^crud-node-async: checking/,
  };
  for (const [index, [when, line]] of Object.entries(moments).entries()) {
    test(when, async (context) => {
      const space = await workspace(context);
      assertInterrupted(await interruptedAt(args(space.file('r.json')), { line }, way(index), space));
    });
  }

  const phases: readonly Phase[] = ['copy-database', 'measure', 'invariants'];
  for (const [index, phase] of phases.entries()) {
    test(`in the phase ${phase}`, async (context) => {
      const space = await workspace(context);
      await shareConformance(space);
      const out = space.file('r.json');
      assertInterrupted(await interruptedAt(args(out), { line: lineOf(phase) }, way(index), space));
      assert.equal((await readResult(out)).state, 'interrupted');
    });
  }
});
