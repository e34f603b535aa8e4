// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeOrphan } from '../../src/database/orphan-cleanup.ts';
import { processStartTicks } from '../../src/os/process-identity.ts';
import { openTestServer } from './open-server.ts';

const skip = process.platform === 'linux' ? false : 'a process is only known by its start time where there is /proc';

test('a server left behind is ended and its files removed', { skip }, async () => {
  const { started, close } = await openTestServer();
  const [record] = started;
  assert.ok(record);
  await removeOrphan(record);
  assert.equal(processStartTicks(record.pid), null);
  assert.equal(existsSync(record.dataDir), false);
  await close();
});

test('what a server killed by force left is removed: its files and its shared memory', { skip }, async () => {
  const { started, close } = await openTestServer();
  const [record] = started;
  assert.ok(record);
  const [, id] =
    readFileSync(join(record.dataDir, 'data', 'postmaster.pid'), 'utf8')
      .split('\n')[6]
      ?.match(/(\d+)$/) ?? [];
  const hasSegment = () => segmentIds().includes(String(id));
  assert.equal(hasSegment(), true);
  process.kill(record.pid, 'SIGKILL');
  while (processStartTicks(record.pid) !== null) await sleep(10);
  await removeOrphan(record);
  assert.equal(existsSync(record.dataDir), false);
  assert.equal(hasSegment(), false);
  await close();
});

test('a process that was given the recorded pid later is not touched', { skip }, async () => {
  const { spawn } = await import('node:child_process');
  const stranger = spawn('sleep', ['30']);
  const exited = once(stranger, 'exit');
  const pid = stranger.pid ?? 0;
  const dataDir = mkdtempSync(join(tmpdir(), 'paceline-pg-'));
  await removeOrphan({ pid, startTicks: (processStartTicks(pid) ?? 0) - 1, dataDir });
  assert.notEqual(processStartTicks(pid), null);
  assert.equal(existsSync(dataDir), false);
  stranger.kill();
  await exited;
});

test('a recorded directory that is not of our naming stays', { skip }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'somebody-elses-'));
  await removeOrphan({ pid: 2 ** 30, startTicks: 1, dataDir });
  assert.equal(existsSync(dataDir), true);
  rmSync(dataDir, { recursive: true });
});

function segmentIds(): string[] {
  const rows = readFileSync('/proc/sysvipc/shm', 'utf8').split('\n');
  return rows.map((row) => row.trim().split(/\s+/)[1] ?? '');
}
