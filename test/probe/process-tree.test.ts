import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProcStat, parseStat } from '../../src/probe/proc-file.ts';
import { createProcessTree } from '../../src/probe/process-tree.ts';

const root = 100;

function stat(change: Partial<ProcStat> & { pid: number }): ProcStat {
  return {
    parentPid: root,
    groupId: 1,
    sessionId: 1,
    userTicks: 0,
    systemTicks: 0,
    childUserTicks: 0,
    childSystemTicks: 0,
    threadCount: 1,
    startTicks: change.pid,
    startStack: String(change.pid),
    ...change,
  };
}

function rootStat(change: Partial<ProcStat> = {}): ProcStat {
  return stat({ pid: root, parentPid: 1, ...change });
}

function totalTicks(snapshots: readonly (readonly ProcStat[])[]): number {
  const tree = createProcessTree(root);
  for (const snapshot of snapshots) tree.update(snapshot);
  return tree.cpu().userTicks + tree.cpu().systemTicks;
}

test('a name with spaces and parentheses does not shift the fields', () => {
  const fields = Array.from({ length: 50 }, (_, index) => String(index + 3));
  const parsed = parseStat(7, `7 (a) b (c) ${fields.join(' ')}`);
  assert.equal(parsed.parentPid, 4);
  assert.equal(parsed.userTicks, 14);
  assert.equal(parsed.startTicks, 22);
  assert.equal(parsed.startStack, '28');
});

test('members are descendants, at any depth, and no other process', () => {
  const tree = createProcessTree(root);
  const members = tree.update([
    rootStat(),
    stat({ pid: 101 }),
    stat({ pid: 102, parentPid: 101 }),
    stat({ pid: 103, parentPid: 1 }),
  ]);
  assert.deepEqual(members.map(({ pid }) => pid).sort(), [100, 101, 102]);
});

test("an orphan stays a member by the root's process group, and by having been one", () => {
  const tree = createProcessTree(root);
  tree.update([rootStat(), stat({ pid: 101 }), stat({ pid: 102, parentPid: 101 })]);
  const orphan = stat({ pid: 102, parentPid: 1 });
  const members = tree.update([rootStat(), orphan, stat({ pid: 103, parentPid: 1, groupId: root })]);
  assert.deepEqual(members.map(({ pid }) => pid).sort(), [100, 102, 103]);
});

test('a child that was waited for is counted once', () => {
  const ticks = totalTicks([
    [rootStat({ userTicks: 5 }), stat({ pid: 101, userTicks: 40 })],
    [rootStat({ userTicks: 5, childUserTicks: 47 })],
  ]);
  assert.equal(ticks, 52);
});

test('a child that was not waited for keeps the last usage seen', () => {
  const ticks = totalTicks([
    [rootStat({ userTicks: 5 }), stat({ pid: 101, userTicks: 30, systemTicks: 10 })],
    [rootStat({ userTicks: 6 })],
  ]);
  assert.equal(ticks, 46);
});

test('a child that lived and died between two looks is found in its parent', () => {
  assert.equal(totalTicks([[rootStat()], [rootStat({ childUserTicks: 20 })]]), 20);
});

test('a grandchild waited for by a parent that died with it is found in the grandparent', () => {
  const ticks = totalTicks([
    [rootStat(), stat({ pid: 101, userTicks: 10 }), stat({ pid: 102, parentPid: 101, userTicks: 50 })],
    [rootStat({ childUserTicks: 61 })],
  ]);
  assert.equal(ticks, 61);
});

test('the time of a dead root is not lost', () => {
  const ticks = totalTicks([[rootStat({ userTicks: 70 }), stat({ pid: 101, userTicks: 8 })], []]);
  assert.equal(ticks, 78);
});

test('a new process with the pid of a dead one adds to it', () => {
  const ticks = totalTicks([
    [rootStat(), stat({ pid: 101, userTicks: 30 })],
    [rootStat(), stat({ pid: 101, startTicks: 999, userTicks: 4 })],
  ]);
  assert.equal(ticks, 34);
});

test('a stranger that was given the pid of the dead root is not the root', () => {
  const tree = createProcessTree(root);
  tree.update([rootStat({ userTicks: 70 })]);
  assert.deepEqual(tree.update([rootStat({ startTicks: 999, userTicks: 500 })]), []);
  assert.equal(tree.cpu().userTicks, 70);
});

test('the total never falls when a reaped child had its ticks cut down', () => {
  const ticks = totalTicks([
    [rootStat(), stat({ pid: 101, userTicks: 10, systemTicks: 10 })],
    [rootStat({ childUserTicks: 9, childSystemTicks: 10 })],
  ]);
  assert.ok(ticks >= 19 && ticks <= 20, `${ticks}`);
});
