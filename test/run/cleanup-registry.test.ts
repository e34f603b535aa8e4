// test-lane: waits
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HarnessError } from '../../src/model/harness-error.ts';
import { isAlive, processStartTicks } from '../../src/os/process-identity.ts';
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

const group = (record: string): CleanupEntry => ({ kind: 'cgroup', record });
const records = (folder: string) => readdirSync(join(folder, 'runs'));

async function cleanedUp(folder: string): Promise<CleanupEntry[]> {
  const removed: CleanupEntry[] = [];
  const count = await cleanUpOrphans(folder, async (entry) => {
    removed.push(entry);
  });
  assert.equal(count, removed.length);
  return removed;
}

test('what is added is on disk before add returns, and what is released is not', (context) => {
  const folder = cache(context);
  const registry = openCleanupRegistry(folder);
  const release = registry.add(group('one'));
  registry.add(group('two'));
  const read = () => JSON.parse(readFileSync(join(folder, 'runs', `${process.pid}.json`), 'utf8'));
  assert.deepEqual(read().entries, [group('one'), group('two')]);
  assert.equal(read().startTicks, processStartTicks(process.pid));
  release();
  assert.deepEqual(read().entries, [group('two')]);
});

test('an empty registry is closed without a trace; one with entries stays for the next run', (context) => {
  const folder = cache(context);
  const registry = openCleanupRegistry(folder);
  const release = registry.add(group('one'));
  registry.close();
  assert.equal(records(folder).length, 1);
  release();
  registry.close();
  assert.deepEqual(records(folder), []);
});

test('a living run’s entries are left alone', async (context) => {
  const folder = cache(context);
  openCleanupRegistry(folder).add(group('mine'));
  assert.deepEqual(await cleanedUp(folder), []);
  assert.equal(records(folder).length, 1);
});

test('a dead run’s entries are cleaned up newest first, and its record with them', async (context) => {
  const folder = cache(context);
  writeRecord(folder, '7.json', { pid: 7, startTicks: -1, entries: [group('first'), group('last')] });
  assert.deepEqual(await cleanedUp(folder), [group('last'), group('first')]);
  assert.deepEqual(records(folder), []);
});

test('a run whose pid belongs to a new process is dead', async (context) => {
  const folder = cache(context);
  const pid = stranger(context);
  writeRecord(folder, `${pid}.json`, { pid, startTicks: 1, entries: [group('its')] });
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

test('a folder that cannot be made is a user error', (context) => {
  const folder = cache(context);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(
    () => openCleanupRegistry(join(folder, 'file', 'cache')),
    (error) => error instanceof HarnessError && /PACELINE_CACHE_DIR/.test(error.remedy),
  );
});
