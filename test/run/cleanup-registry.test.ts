// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HarnessError } from '../../src/model/harness-error.ts';
import { holdLock, lockState } from '../../src/os/held-lock.ts';
import { isAlive, type ProcessSpace, processSpace, processStartTicks } from '../../src/os/process-identity.ts';
import { type CleanupEntry, cleanUpOrphans, openCleanupRegistry } from '../../src/run/session/cleanup-registry.ts';

function cache(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paceline-registry-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A living process that has nothing to do with paceline. */
function stranger(context: TestContext): number {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  context.after(() => child.kill('SIGKILL'));
  return child.pid ?? 0;
}

function writeRecord(folder: string, name: string, record: unknown): void {
  mkdirSync(join(folder, 'runs'), { recursive: true });
  writeFileSync(join(folder, 'runs', name), typeof record === 'string' ? record : JSON.stringify(record));
}

const space = processSpace();
const group = (record: string): CleanupEntry => ({ kind: 'cgroup', record });
const records = (folder: string) => readdirSync(join(folder, 'runs')).filter((name) => name.endsWith('.json'));

async function cleanedUp(folder: string): Promise<CleanupEntry[]> {
  const removed: CleanupEntry[] = [];
  const count = await cleanUpOrphans(folder, async (entry) => {
    removed.push(entry);
  });
  assert.equal(count, removed.length);
  return removed;
}

test('what is added is on disk before add returns, and what is released is not', async (context) => {
  const folder = cache(context);
  const registry = await openCleanupRegistry(folder);
  const release = registry.add(group('one'));
  registry.add(group('two'));
  const read = () => JSON.parse(readFileSync(join(folder, 'runs', records(folder)[0] ?? ''), 'utf8'));
  assert.deepEqual(read().entries, [group('one'), group('two')]);
  assert.equal(read().startTicks, processStartTicks(process.pid));
  release();
  assert.deepEqual(read().entries, [group('two')]);
});

test('an empty registry is closed without a trace; one with entries stays for the next run', async (context) => {
  const folder = cache(context);
  const registry = await openCleanupRegistry(folder);
  const release = registry.add(group('one'));
  registry.close();
  assert.equal(records(folder).length, 1);
  release();
  registry.close();
  assert.deepEqual(records(folder), []);
});

test('a living run’s entries are left alone', async (context) => {
  const folder = cache(context);
  (await openCleanupRegistry(folder)).add(group('mine'));
  assert.deepEqual(await cleanedUp(folder), []);
  assert.equal(records(folder).length, 1);
});

test('a dead run’s entries are cleaned up newest first, and its record with them', async (context) => {
  const folder = cache(context);
  writeRecord(folder, '7.json', { pid: 7, startTicks: -1, space, entries: [group('first'), group('last')] });
  assert.deepEqual(await cleanedUp(folder), [group('last'), group('first')]);
  assert.deepEqual(records(folder), []);
});

test('a run whose pid belongs to a new process is dead', async (context) => {
  const folder = cache(context);
  const pid = stranger(context);
  writeRecord(folder, `${pid}.json`, { pid, startTicks: 1, space, entries: [group('its')] });
  assert.deepEqual(await cleanedUp(folder), [group('its')]);
});

test('a recorded process is itself only with its start time', (context) => {
  const pid = stranger(context);
  const startTicks = processStartTicks(pid);
  assert.notEqual(startTicks, null);
  assert.equal(isAlive({ pid, startTicks }), true);
  assert.equal(isAlive({ pid, startTicks: (startTicks ?? 0) - 1 }), false);
  assert.equal(isAlive({ pid, startTicks: null }), true);
});

test('a torn record is dropped, and nothing in it believed', async (context) => {
  const folder = cache(context);
  writeRecord(folder, '7.json', '{"pid":7,"startTicks":1,"entries":[{"kind":"cgroup","rec');
  writeRecord(folder, '8.json', { pid: 8, startTicks: 1, entries: [{ kind: 'forged', path: '/' }] });
  assert.deepEqual(await cleanedUp(folder), []);
  assert.deepEqual(records(folder), []);
});

test('a folder that cannot be made is the user’s to mend', async (context) => {
  const folder = cache(context);
  writeFileSync(join(folder, 'file'), '');
  await assert.rejects(
    openCleanupRegistry(join(folder, 'file', 'cache')),
    (error) => error instanceof HarnessError && /PACELINE_CACHE_DIR/.test(error.remedy),
  );
});

/** A record of another process space; its lock is not held. */
function strangeRecord(change: Partial<ProcessSpace>): object {
  return { pid: 7, startTicks: -1, space: { ...space, ...change }, entries: [group('theirs')] };
}

test('nothing is cleaned up of a run whose process space is not known here', async (context) => {
  const folder = cache(context);
  writeRecord(folder, '1.json', strangeRecord({ pidNamespace: 'pid:[1]' }));
  writeRecord(folder, '2.json', strangeRecord({ bootId: 'another', hostId: null }));
  writeRecord(folder, '3.json', { pid: 7, startTicks: -1, entries: [group('of before')] });
  assert.deepEqual(await cleanedUp(folder), []);
  assert.equal(records(folder).length, 3);
});

test('a lock whose run died before its record was written goes too; one that is held stays', async (context) => {
  const folder = cache(context);
  mkdirSync(join(folder, 'runs'), { recursive: true });
  writeFileSync(join(folder, 'runs', '7-ab.lock'), '');
  const lock = await holdLock(join(folder, 'runs', '8-cd.lock'));
  assert.deepEqual(await cleanedUp(folder), []);
  assert.deepEqual(readdirSync(join(folder, 'runs')), ['8-cd.lock']);
  lock?.release();
});

test('a record half written by a run that died goes; one that is being written stays', async (context) => {
  const folder = cache(context);
  mkdirSync(join(folder, 'runs'), { recursive: true });
  for (const name of ['7-ab.lock', '7-ab.json.01234567.part', '8-cd.json.89abcdef.part'])
    writeFileSync(join(folder, 'runs', name), '');
  const lock = await holdLock(join(folder, 'runs', '8-cd.lock'));
  assert.deepEqual(await cleanedUp(folder), []);
  assert.deepEqual(readdirSync(join(folder, 'runs')).sort(), ['8-cd.json.89abcdef.part', '8-cd.lock']);
  lock?.release();
});

test('a run that holds its lock is alive, whatever its pid says here', async (context) => {
  const folder = cache(context);
  writeRecord(folder, '7-ab.json', { pid: 7, startTicks: -1, space, entries: [group('theirs')] });
  const lock = await holdLock(join(folder, 'runs', '7-ab.lock'));
  assert.deepEqual(await cleanedUp(folder), []);
  lock?.release();
  assert.deepEqual(await cleanedUp(folder), [group('theirs')]);
});

test('of a run before the machine’s last start only files are left: its pids and groups are others’ by now', async (context) => {
  const folder = cache(context);
  const own = processSpace();
  const hostId = own.hostId ?? 'this machine';
  const files: CleanupEntry = { kind: 'folder', path: '/tmp/paceline-data-x' };
  const record = {
    pid: 7,
    startTicks: -1,
    space: { ...own, bootId: 'before', hostId },
    entries: [group('old'), files],
  };
  writeRecord(folder, '7.json', record);
  assert.deepEqual(await cleanedUp(folder), own.hostId === null ? [] : [files]);
});

test('a lock works at a path too long for a socket’s name, and ends with its process', async (context) => {
  const folder = join(cache(context), 'a'.repeat(100), 'b'.repeat(100));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'own.lock');
  assert.equal(await lockState(path), 'absent');
  const module = join(import.meta.dirname, '..', '..', 'src', 'os', 'held-lock.ts');
  const script = `const { holdLock } = await import('${module}'); await holdLock('${path}'); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  assert.equal(await lockState(path), 'held');
  child.kill('SIGKILL');
  await once(child, 'close');
  assert.equal(await lockState(path), 'free');
});
