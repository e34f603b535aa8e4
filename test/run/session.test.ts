// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { processSpace, processStartTicks } from '../../src/os/process-identity.ts';
import { openSession } from '../../src/run/session/session.ts';

/** A process group whose leader lives until it is killed. */
function sleeper(context: TestContext) {
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  context.after(() => child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  return {
    pid,
    startTicks: processStartTicks(pid),
    ended: () => child.exitCode !== null || child.signalCode !== null,
    child,
  };
}

test('the next run ends what a killed one has left, and nothing that only has its pid', async (context) => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'paceline-session-'));
  context.after(() => rmSync(cacheDir, { recursive: true }));
  const [orphan, foreign] = [sleeper(context), sleeper(context)];
  const entries = [
    { kind: 'process-group', pid: orphan.pid, startTicks: orphan.startTicks },
    { kind: 'process-group', pid: foreign.pid, startTicks: (foreign.startTicks ?? 0) - 1 },
    { kind: 'database', pid: foreign.pid, startTicks: (foreign.startTicks ?? 0) - 1, dataDir: '/nonexistent' },
  ];
  mkdirSync(join(cacheDir, 'runs'));
  writeFileSync(
    join(cacheDir, 'runs', '7.json'),
    JSON.stringify({ pid: 7, startTicks: -1, space: processSpace(), entries }),
  );
  const died = new Promise((resolve) => orphan.child.once('exit', resolve));
  const steps: string[] = [];
  const session = await openSession({
    signal: new AbortController().signal,
    env: { PACELINE_CACHE_DIR: cacheDir },
    probe: null,
    onStep: (text) => steps.push(text),
  });
  await session.close();
  await died;
  assert.equal(foreign.ended(), false);
  assert.deepEqual(steps, ['cleaned up 3 leftovers of a run that was killed']);
});
