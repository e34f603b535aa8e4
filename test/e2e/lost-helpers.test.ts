// test-lane: waits
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { CleanupEntry } from '../../src/run/session/cleanup-registry.ts';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers, processesOf } from '../support/leftovers.ts';
import {
  echoRun,
  paceline,
  type RunningPaceline,
  shareConformance,
  startPaceline,
  type Workspace,
  workspace,
} from '../support/paceline.ts';

const crudRun = (out: string, ...more: readonly string[]) => {
  const size = ['--attempts', '1', '--no-report', '--verbose', '--out', out];
  return ['run', 'smoke', '--impl', 'crud-node-async', ...size, ...more];
};

/** What a running paceline says it has started. */
function registryEntriesOf({ pid }: RunningPaceline, { cacheDir }: Workspace): readonly CleanupEntry[] {
  const names = readdirSync(join(cacheDir, 'runs'));
  const name = names.find((one) => one.startsWith(`${pid}-`) && one.endsWith('.json')) ?? '';
  return JSON.parse(readFileSync(join(cacheDir, 'runs', name), 'utf8')).entries;
}

function databaseOf(running: RunningPaceline, space: Workspace): number {
  const found = registryEntriesOf(running, space).find((entry) => entry.kind === 'database');
  assert.ok(found?.kind === 'database');
  return found.pid;
}

describe('something paceline relies on is lost', { concurrency: 2 }, () => {
  test('the database is killed under a trial: that one fails with its cause, the next has a new server', async (context) => {
    const space = await workspace(context);
    await shareConformance(space);
    const out = space.file('r.json');
    const running = startPaceline(crudRun(out, '--trials', '2'), space);
    await running.line(/^ {2}measure$/);
    const first = databaseOf(running, space);
    process.kill(first, 'SIGKILL');
    await running.line(/^ {2}measure$/, 2);
    assert.notEqual(databaseOf(running, space), first);
    const { exitCode, stderr } = await running.finished;
    const { trials, state } = await readResult(out);
    const [lost, next] = trials;
    assert.ok(lost?.status === 'failed', String(lost?.status));
    assert.equal(lost.code, 'database-lost');
    assert.match(lost.message, /database server|ECONNREFUSED/);
    assert.match(stderr, /the database server was lost: starting another/);
    assert.match(String(next?.status), /ok|invalid/);
    assert.equal(state, 'complete');
    assert.equal(exitCode, next?.status === 'ok' ? 0 : 3);
    assert.deepEqual(leftovers(running.pid, space), []);
  });

  test('a database that cannot be reached: exit 3, with the address, the cause and the remedy', async (context) => {
    const space = await workspace(context);
    const env = { ...space.env, DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/postgres' };
    const running = startPaceline(crudRun(space.file('r.json')), { env });
    const { exitCode, stderr, stdout } = await running.finished;
    assert.match(stderr, /paceline: DATABASE_URL \(someone@127\.0\.0\.1:1\) cannot be used: .*ECONNREFUSED/);
    assert.match(stderr, /Remedy: .*DATABASE_URL/);
    assert.doesNotMatch(stderr + stdout, /secret|\n\s+at /);
    assert.equal(exitCode, 3);
    assert.deepEqual(leftovers(running.pid, space), []);
  });

  for (const phase of ['warm-up', 'measure']) {
    test(`the generator is killed in the phase ${phase}: that trial fails, the run goes on`, async (context) => {
      const space = await workspace(context);
      const out = space.file('r.json');
      const running = startPaceline(echoRun(['echo'], out, '--verbose', '--trials', '2', '--warmup', '20'), space);
      await running.line(new RegExp(`^  ${phase}$`));
      const [generator, ...others] = processesOf(space.dir).filter((found) => found.includes('generator-process.ts'));
      assert.deepEqual(others, []);
      process.kill(Number(generator?.split(' ')[0]), 'SIGKILL');
      await running.finished;
      const { trials, state } = await readResult(out);
      const [lost, next] = trials;
      assert.ok(lost?.status === 'failed', String(lost?.status));
      assert.deepEqual([lost.phase, lost.code], [phase, 'generator-died']);
      assert.match(
        lost.message,
        /the load generator's process ended unexpectedly by SIGKILL: its own fault, not the target's/,
      );
      assert.match(String(next?.status), /ok|invalid/);
      assert.equal(state, 'complete');
      assert.deepEqual(leftovers(running.pid, space), []);
    });
  }

  test('paceline itself is killed: the next run cleans up, and the result so far can be read', async (context) => {
    const space = await workspace(context);
    await shareConformance(space);
    const out = space.file('r.json');
    const killed = startPaceline(crudRun(out), space);
    await killed.line(/^ {2}measure$/);
    const pid = databaseOf(killed, space);
    killed.signal('SIGKILL');
    await killed.finished;
    const left = leftovers(killed.pid, space);
    assert.ok(
      left.some((found) => found.startsWith(`process ${pid} `)),
      left.join('\n'),
    );
    assert.ok(left.some((found) => found.startsWith('control group')) || left.some((found) => /node/.test(found)));
    assert.equal((await readResult(out)).state, 'running');
    const { stderr } = await paceline(echoRun(['echo'], space.file('next.json')), space);
    assert.match(stderr, /cleaned up \d+ leftovers of a run that was killed/);
    assert.deepEqual(leftovers(killed.pid, space), []);
    assert.deepEqual(readdirSync(space.tempDir), []);
  });
});
