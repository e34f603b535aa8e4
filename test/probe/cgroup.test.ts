// test-lane: alone
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGroup, type ProcessGroup, parsePressure, removeOrphanGroup } from '../../src/probe/cgroup.ts';
import { findCgroupLayout, parseMounts, parseOwnGroups } from '../../src/probe/cgroup-layout.ts';
import { spawnInto } from './burn.ts';

const layout = findCgroupLayout();
const skip = layout === null ? 'no control group can be made by this user' : false;

function group(): ProcessGroup {
  assert.ok(layout);
  return createGroup(layout);
}

function members({ unifiedDir }: ProcessGroup): string[] {
  const text = readFileSync(join(unifiedDir, 'cgroup.procs'), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

async function untilMembers(made: ProcessGroup, minCount: number): Promise<void> {
  for (let look = 0; look < 200 && members(made).length < minCount; look++) await sleep(20);
  assert.ok(members(made).length >= minCount);
}

test('a pure v2 machine has one tree', () => {
  const mounts = parseMounts('29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n');
  assert.deepEqual(mounts, { unified: '/sys/fs/cgroup', memoryV1: null, cpuV1: null, cpuacctV1: null });
});

test('a hybrid machine has v1 trees beside an empty v2 tree', () => {
  const mounts = parseMounts(
    [
      '30 23 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct',
      '31 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '32 23 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    ].join('\n'),
  );
  assert.deepEqual(mounts, {
    unified: '/sys/fs/cgroup/unified',
    memoryV1: '/sys/fs/cgroup/memory',
    cpuV1: '/sys/fs/cgroup/cpu,cpuacct',
    cpuacctV1: '/sys/fs/cgroup/cpu,cpuacct',
  });
});

test("a process's own groups are found by controller, and the unified one by an empty name", () => {
  const own = parseOwnGroups('4:cpu,cpuacct:/a\n3:memory:/b:c\n0::/user.slice/x.scope\n');
  assert.deepEqual([own.get('cpuacct'), own.get('memory'), own.get('')], ['/a', '/b:c', '/user.slice/x.scope']);
});

test('pressure is read in milliseconds, and is unknown where the file is empty', () => {
  const text = 'some avg10=0.62 avg60=2.90 avg300=1.71 total=17672437\nfull avg10=0.00 total=250\n';
  assert.equal(parsePressure(text, 'some'), 17672.437);
  assert.equal(parsePressure(text, 'full'), 0.25);
  assert.equal(parsePressure('', 'some'), null);
});

test('two groups of one process never share a name', { skip }, async () => {
  const [one, other] = [group(), group()];
  assert.notEqual(one.name, other.name);
  assert.match(one.name, new RegExp(`^paceline-${process.pid}-\\d+$`));
  await one.remove();
  await other.remove();
});

test('killing a group ends grandchildren in sessions of their own, and the group can be removed', {
  skip,
}, async () => {
  const made = group();
  const child = spawnInto(made, ['/bin/sh', '-c', 'setsid sleep 60 & setsid sleep 60 & wait']);
  const ended = once(child, 'exit');
  await untilMembers(made, 3);
  await made.kill();
  await ended;
  await made.remove();
  for (const directory of made.record.split(':')) assert.equal(existsSync(directory), false, directory);
});

test('removing a removed group is no error', { skip }, async () => {
  const made = group();
  await made.remove();
  await made.remove();
});

test('a leftover group is removed with its processes by its record alone', { skip }, async () => {
  const made = group();
  const child = spawnInto(made, ['sleep', '60']);
  await untilMembers(made, 1);
  await Promise.all([removeOrphanGroup(made.record), once(child, 'exit')]);
  assert.equal(existsSync(made.unifiedDir), false);
});

test('a record that names anything but our groups removes nothing', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'not-ours-'));
  await removeOrphanGroup(directory);
  assert.equal(existsSync(directory), true);
  rmSync(directory, { recursive: true });
});

test('a process beyond its memory limit is ended', { skip }, async (t) => {
  const made = group();
  if (made.memoryDir === null) {
    await made.remove();
    t.skip('no memory accounting in the groups of this user');
    return;
  }
  made.limit({ cpuCount: null, memoryBytes: 100 * 2 ** 20 });
  const hold = 'Buffer.alloc(300 * 2 ** 20, 1); setTimeout(() => {}, 60_000)';
  const child = spawnInto(made, [process.execPath, '-e', hold]);
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGKILL');
  await made.remove();
});

test('a process that wants a whole core gets no more than its CPU limit', { skip }, async (t) => {
  const made = group();
  try {
    made.limit({ cpuCount: 0.25, memoryBytes: null });
  } catch (error) {
    await made.remove();
    t.skip((error as Error).message);
    return;
  }
  const startedMs = performance.now();
  await once(spawnInto(made, ['timeout', '1', '/bin/sh', '-c', 'while :; do :; done']), 'exit');
  const coresUsed = usedMs(made) / (performance.now() - startedMs);
  await made.remove();
  // At least a tenth, so that a limit that stops everything does not pass for one that works.
  assert.ok(coresUsed > 0.1 && coresUsed < 0.4, `${coresUsed} cores of a limit of 0.25`);
});

test('CPU time is recorded from the first instruction', { skip }, async () => {
  const made = group();
  const child = spawnInto(made, [process.execPath, '-e', '']);
  await once(child, 'exit');
  const cpuMs = usedMs(made);
  assert.ok(cpuMs > 5, `an empty Node program used ${cpuMs} ms`);
  await made.remove();
});

function usedMs({ unifiedDir }: ProcessGroup): number {
  const [, usedUs] = /usage_usec (\d+)/.exec(readFileSync(join(unifiedDir, 'cpu.stat'), 'utf8')) ?? [];
  return Number(usedUs) / 1000;
}
