// test-lane: waits
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createStrayWatch, type StrayWatch } from '../../src/probe/stray-processes.ts';

const skip = existsSync('/proc/self/stat') ? false : 'needs /proc';
const marker = 'PACELINE_TARGET=a-test';

/** A leader of its own session, as a target is, that runs a shell script. */
function target(context: TestContext, script: string): { child: ChildProcess; watch: StrayWatch } {
  const child = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PACELINE_TARGET: 'a-test' },
  });
  const watch = createStrayWatch({ rootPid: child.pid ?? 0, group: null, marker });
  context.after(() => {
    watch.kill();
    child.kill('SIGKILL');
  });
  return { child, watch };
}

async function untilStray(watch: StrayWatch): Promise<ReturnType<StrayWatch['look']>> {
  for (let look = 0; look < 200 && watch.look().length === 0; look += 1) await sleep(10);
  return watch.look();
}

test('children in the session are at home', { skip }, async (context) => {
  const { watch } = target(context, 'sleep 5 & (sleep 5 & sleep 5) & wait');
  for (let look = 0; look < 10; look += 1) {
    assert.deepEqual(watch.look(), []);
    await sleep(20);
  }
});

test('a child with a session of its own has left, and is killed', { skip }, async (context) => {
  const { watch } = target(context, 'setsid sleep 30 & wait');
  const [stray, ...others] = await untilStray(watch);
  assert.equal(stray?.left, 'session');
  assert.deepEqual(others, []);
  watch.kill();
  await sleep(50);
  assert.ok(!existsSync(`/proc/${stray?.pid}/fd/0`));
});

test('one whose parents are gone before the first look is known by its environment', { skip }, async (context) => {
  const { child, watch } = target(context, '(setsid sh -c "sleep 30 & echo ready; exit 0") ; exec sleep 30');
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  await sleep(100);
  assert.equal((await untilStray(watch))[0]?.left, 'session');
});

test('a process of somebody else is not looked at', { skip }, async (context) => {
  const other = spawn('sleep', ['5'], { detached: true, stdio: 'ignore' });
  context.after(() => other.kill('SIGKILL'));
  const { watch } = target(context, 'sleep 5');
  await sleep(50);
  assert.deepEqual(watch.look(), []);
});
