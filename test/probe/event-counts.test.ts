// test-lane: waits
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { type EventCounts, eventsBetween, openEventReader } from '../../src/probe/event-counts.ts';

const program = `
const held = [];
const nothing = new Int32Array(new SharedArrayBuffer(4));
process.on('message', ({ sleepCount, pageCount, openCount }) => {
  for (let count = 0; count < sleepCount; count++) Atomics.wait(nothing, 0, 0, 1);
  held.push(Buffer.alloc(4096 * pageCount, 1));
  for (let count = 0; count < openCount; count++) require('node:fs').openSync('/dev/null');
  process.send('done');
});
process.send('ready');`;

async function ask(child: ChildProcess, work: object): Promise<void> {
  const answered = once(child, 'message');
  child.send(work);
  await answered;
}

test('sleeps are voluntary switches, touched pages minor faults, and open files descriptors', async () => {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    await once(child, 'message');
    const reader = openEventReader({ group: null, rootPid: child.pid ?? 0, force: 'proc' });
    assert.ok(reader);
    await ask(child, { sleepCount: 1, pageCount: 1, openCount: 0 });
    const before = reader.read();
    await ask(child, { sleepCount: 50, pageCount: 2_048, openCount: 3 });
    const grown = eventsBetween(before, reader.read());
    const { voluntarySwitchCount, minorFaultCount, descriptorCount } = grown;
    assert.ok(voluntarySwitchCount !== null && voluntarySwitchCount >= 50 && voluntarySwitchCount < 90);
    assert.ok(minorFaultCount !== null && minorFaultCount > 0);
    assert.equal((descriptorCount ?? 0) - (before.descriptorCount ?? 0), 3);
  } finally {
    child.kill('SIGKILL');
  }
});

test('what is not known at one of the edges is not known of the window', () => {
  const known: EventCounts = {
    ...{ voluntarySwitchCount: 5, involuntarySwitchCount: 1, minorFaultCount: 9, majorFaultCount: 0 },
    descriptorCount: 12,
  };
  const grown = eventsBetween({ ...known, minorFaultCount: null }, { ...known, voluntarySwitchCount: 8 });
  assert.deepEqual([grown.voluntarySwitchCount, grown.minorFaultCount, grown.descriptorCount], [3, null, 12]);
});
