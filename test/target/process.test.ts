// test-lane: waits
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { livingMembers } from '../../src/os/child-process.ts';
import { pickFreePort } from '../../src/os/port.ts';
import { scanImplementations } from '../../src/target/manifest.ts';
import { type RunningTarget, type StartOptions, startTarget } from '../../src/target/process.ts';

const fixtures = await scanImplementations([path.resolve(import.meta.dirname, '../fixtures/impls')]);

function optionsFor(id: string, changes: Partial<StartOptions> = {}): StartOptions {
  const located = fixtures.find(({ implementation }) => implementation.id === id);
  assert.ok(located, id);
  return {
    located,
    toolchain: { placeholders: { node: process.execPath }, versions: {} },
    buildDir: tmpdir(),
    env: {},
    host: '127.0.0.1',
    port: null,
    joinPaths: [],
    signal: new AbortController().signal,
    ...changes,
  };
}

async function started(id: string, changes: Partial<StartOptions> = {}): Promise<RunningTarget> {
  const outcome = await startTarget(optionsFor(id, changes));
  assert.equal(outcome.status, 'ready', JSON.stringify(outcome));
  assert.ok(outcome.status === 'ready');
  return outcome.target;
}

async function echo(target: RunningTarget): Promise<string> {
  return (await fetch(`${target.baseUrl}/echo`)).text();
}

/** Runs a program given as text in place of a fixture's. */
function script(text: string, changes: Partial<StartOptions> = {}): StartOptions {
  const options = optionsFor('echo', changes);
  const implementation = { ...options.located.implementation, command: ['sh', '-c', text] };
  return { ...options, located: { ...options.located, implementation } };
}

describe('a target', () => {
  test('starts, answers, stops on SIGTERM and leaves no process behind', async () => {
    const target = await started('echo');
    assert.equal(await echo(target), 'ok');
    assert.ok(target.startupMs > 5 && target.startupMs < 30_000, `${target.startupMs}`);
    assert.ok((await livingMembers(target.pid)).length > 0);
    const report = await target.stop();
    assert.equal(report.exitCode, 0);
    assert.equal(report.forced, false);
    assert.equal(await target.stop(), report);
    assert.deepEqual(await livingMembers(target.pid), []);
  });

  test('runs in a process group of its own and enters the given cgroup files before its program starts', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'paceline-process-'));
    const files = [path.join(dir, 'one procs'), path.join(dir, 'two')];
    const target = await started('echo', { joinPaths: files });
    for (const file of files) assert.equal(await readFile(file, 'utf8'), `${target.pid}\n`);
    assert.deepEqual(await livingMembers(target.pid), [target.pid]);
    await target.stop();
    await rm(dir, { recursive: true });
  });

  test('does not start where it cannot enter its cgroup', async () => {
    const outcome = await startTarget(optionsFor('echo', { joinPaths: ['/proc/absent/cgroup.procs'] }));
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.code, 'exited-early');
    assert.match(outcome.logTail, /absent/);
  });

  test('reports its pid before it is ready', async () => {
    let pid = 0;
    const target = await started('slow', { onStarted: (startedPid) => (pid = startedPid) });
    assert.equal(pid, target.pid);
    await target.stop();
  });

  test('gets only what it needs of our environment, and the run’s own over its manifest’s', async () => {
    process.env.NODE_OPTIONS_OF_SOMEBODY = 'x';
    const text = 'env >&2; exit 3';
    const outcome = await startTarget(script(text, { env: { COLOR: 'red' } }));
    assert.ok(outcome.status === 'failed');
    assert.match(outcome.logTail, /^COLOR=red$/m);
    assert.match(outcome.logTail, /^HOST=127\.0\.0\.1$/m);
    assert.match(outcome.logTail, /^PATH=/m);
    assert.doesNotMatch(outcome.logTail, /NODE_OPTIONS_OF_SOMEBODY/);
  });

  test('that ends before it is ready is a failure with its exit code and the end of its log', async () => {
    const outcome = await startTarget(script('echo "no such database" >&2; exit 2'));
    assert.deepEqual(outcome, {
      status: 'failed',
      code: 'exited-early',
      message: 'ended before it was ready: exit code 2',
      logTail: 'no such database\n',
    });
  });

  test('that is never ready is killed at the limit', async () => {
    let pid = 0;
    const changes = { readyLimitMs: 1_500, onStarted: (startedPid: number) => (pid = startedPid) };
    const outcome = await startTarget(optionsFor('never-ready', changes));
    assert.ok(outcome.status === 'failed');
    assert.equal(outcome.code, 'never-ready');
    assert.match(outcome.message, /did not answer 200 within 1\.5 s \(last: status 503\)/);
    assert.deepEqual(await livingMembers(pid), []);
  });

  test('that dies by itself reports so', async () => {
    const target = await started('crash', { env: { CRASH_AFTER: '2' } });
    for (let i = 0; i < 3; i++) await echo(target).catch(() => {});
    assert.deepEqual(await target.died, { exitCode: 1, signal: null });
    assert.match(target.logTail(), /request 3 is one too many/);
    assert.equal((await target.stop()).exitCode, 1);
  });

  test('that ignores SIGTERM is killed after the limit, and the report says forced', async () => {
    let killedAll = false;
    const killAll = () => {
      killedAll = true;
    };
    const target = await started('deaf', { stopLimitMs: 400, killAll });
    const report = await target.stop();
    assert.equal(report.forced, true);
    assert.equal(report.signal, 'SIGKILL');
    assert.ok(report.stopMs >= 399, `${report.stopMs}`);
    assert.ok(killedAll);
    assert.match(target.logTail(), /SIGTERM ignored/);
  });

  test('that ignores SIGTERM is not waited for by an interrupted run', { timeout: 20_000 }, async () => {
    const controller = new AbortController();
    const target = await started('deaf', { stopLimitMs: 60_000, signal: controller.signal });
    const stopping = target.stop();
    controller.abort(new Error('interrupted'));
    const report = await stopping;
    assert.equal(report.signal, 'SIGKILL');
    assert.deepEqual(await livingMembers(target.pid), []);
  });

  test('that leaves a child of its group behind is reported and cleaned up', async () => {
    const changes = script('sleep 60 & exec "$0" "$1"');
    const { implementation } = changes.located;
    const command = [...implementation.command, '{node}', '{dir}/main.ts'];
    const outcome = await startTarget({
      ...changes,
      located: { ...changes.located, implementation: { ...implementation, command } },
    });
    assert.ok(outcome.status === 'ready');
    const report = await outcome.target.stop();
    assert.equal(report.exitCode, 0);
    assert.equal(report.leftoverCount, 1);
    assert.equal(report.forced, true);
    assert.deepEqual(await livingMembers(outcome.target.pid), []);
  });

  test('is killed when the start is aborted', async () => {
    const controller = new AbortController();
    let pid = 0;
    const onStarted = (startedPid: number) => {
      pid = startedPid;
      setTimeout(() => controller.abort(new Error('interrupted')), 50);
    };
    await assert.rejects(
      startTarget(optionsFor('never-ready', { signal: controller.signal, onStarted })),
      /interrupted/,
    );
    assert.deepEqual(await livingMembers(pid), []);
  });

  for (const mode of ['main', 'threads', 'children']) {
    test(`burn answers and stops cleanly in mode ${mode}`, async () => {
      const target = await started('burn', { env: { BURN_MODE: mode } });
      assert.deepEqual(await Promise.all([echo(target), echo(target), echo(target)]), ['ok', 'ok', 'ok']);
      const report = await target.stop();
      assert.deepEqual([report.exitCode, report.forced], [0, false]);
    });
  }
});

test('a free port lies below the ephemeral range', async () => {
  const port = await pickFreePort('127.0.0.1');
  assert.ok(port >= 15_000 && port < 32_768, `${port}`);
});
