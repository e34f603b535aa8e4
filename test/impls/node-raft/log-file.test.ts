import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Persist } from '../../../impls/_node/raft/core/effect.ts';
import { ForeignFile, type LogFile, openLogFile } from '../../../impls/_node/raft/host/log-file.ts';
import { decodeRecord, encodeRecord } from '../../../impls/_node/raft/host/record.ts';

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'raft-log-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
}

function persist(seq: number, fromIndex: number, ...commands: readonly string[]): Persist {
  const entries = commands.map((command) => ({ term: seq, command }));
  return { type: 'persist', seq, term: seq, votedFor: 2, fromIndex, entries };
}

const silent = { persisted: () => {}, failed: () => {} };

/** Opens, writes, closes; returns the file's path. */
function written(dir: string, ...persists: readonly Persist[]): string {
  const log = openLogFile(dir, 1, 'file', silent);
  for (const one of persists) log.write(one);
  void log.close();
  return join(dir, 'node-1.log');
}

function reopened(dir: string): LogFile['recovered'] {
  const log = openLogFile(dir, 1, 'file', silent);
  void log.close();
  return log.recovered;
}

test('a record is as the contract says, byte for byte', () => {
  const record = encodeRecord({ term: 3, votedFor: 2, fromIndex: 7, entries: [{ term: 3, command: 'é=1' }] });
  const payload =
    '0300000000000000' + '02000000' + '0700000000000000' + '01000000' + '0300000000000000' + '04000000' + 'c3a93d31';
  assert.equal(record.toString('hex'), `28000000${record.toString('hex', 4, 8)}${payload}`);
  assert.equal(decodeRecord(record, 0)?.end, record.length);
  assert.equal(decodeRecord(record, 1), null);
});

test('what was written is read again: the last term and vote, and the log with its cuts', (t) => {
  const dir = folder(t);
  written(dir, persist(1, 1, 'a', 'b', 'c'), persist(2, 0), persist(3, 2, 'x'));
  assert.deepEqual(reopened(dir), {
    term: 3,
    votedFor: 2,
    entries: [
      { term: 1, command: 'a' },
      { term: 3, command: 'x' },
    ],
    droppedBytes: 0,
  });
});

test('a torn tail is cut to the last whole record wherever it is torn, and writing goes on from there', (t) => {
  const dir = folder(t);
  const path = written(dir, persist(1, 1, 'a'), persist(2, 2, 'b'));
  const whole = readFileSync(path);
  const secondAt = decodeRecord(whole, 8)?.end ?? 0;
  for (let length = secondAt; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    const { entries, droppedBytes } = reopened(dir);
    assert.deepEqual([entries.length, droppedBytes], [1, length - secondAt]);
    assert.equal(statSync(path).size, secondAt);
  }
  written(dir, persist(5, 2, 'c'));
  assert.deepEqual(
    reopened(dir).entries.map(({ command }) => command),
    ['a', 'c'],
  );
});

test('a record with one wrong bit ends the log, with all that follow it', (t) => {
  const dir = folder(t);
  const path = written(dir, persist(1, 1, 'a'), persist(2, 2, 'b'), persist(3, 3, 'c'));
  const bytes = readFileSync(path);
  const secondAt = decodeRecord(bytes, 8)?.end ?? 0;
  bytes[secondAt + 20] = (bytes[secondAt + 20] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const { entries, term, droppedBytes } = reopened(dir);
  assert.deepEqual([entries.length, term, droppedBytes], [1, 1, bytes.length - secondAt]);
});

test('a record that leaves a gap in the log makes no sense, though its sum is right', (t) => {
  const dir = folder(t);
  const path = written(dir, persist(1, 1, 'a'));
  appendFileSync(path, encodeRecord({ term: 2, votedFor: 0, fromIndex: 3, entries: [{ term: 2, command: 'c' }] }));
  assert.equal(reopened(dir).entries.length, 1);
});

test('a file cut within its first bytes is empty, and one of somebody else is refused', (t) => {
  const dir = folder(t);
  const path = written(dir);
  truncateSync(path, 3);
  assert.deepEqual(reopened(dir), { term: 0, votedFor: 0, entries: [], droppedBytes: 3 });
  writeFileSync(path, 'a letter to my aunt');
  assert.throws(() => reopened(dir), ForeignFile);
  assert.equal(readFileSync(path, 'utf8'), 'a letter to my aunt');
});

test('with fsync, what comes while the disk is busy is confirmed together, and in order', async (t) => {
  const dir = folder(t);
  const { promise, resolve } = Promise.withResolvers<void>();
  const confirmed: number[] = [];
  const log = openLogFile(dir, 1, 'fsync', {
    persisted(seq) {
      confirmed.push(seq);
      if (seq === 5) resolve();
    },
    failed: (error) => assert.fail(error.message),
  });
  for (const seq of [1, 2, 3, 4, 5]) log.write(persist(seq, seq, `${seq}`));
  assert.deepEqual(confirmed, []);
  await promise;
  await log.close();
  assert.deepEqual(confirmed, [1, 5]);
  assert.equal(reopened(dir).entries.length, 5);
});

/** The open files of this process. */
function openPaths(): readonly string[] {
  return readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
}

test('with fsync, close lets the group that is being written land, gives up the next, and confirms neither', async (t) => {
  const dir = folder(t);
  const log = openLogFile(dir, 1, 'fsync', {
    persisted: () => assert.fail('confirmed after close'),
    failed: (error) => assert.fail(error.message),
  });
  // Large enough to be on its way yet when close is called.
  log.write(persist(1, 1, 'x'.repeat(2 ** 26)));
  log.write(persist(2, 2, 'never'));
  await log.close();
  const { size } = statSync(join(dir, 'node-1.log'));
  assert.equal(size, 8 + encodeRecord(persist(1, 1, 'x'.repeat(2 ** 26))).length);
  assert.ok(!openPaths().includes(join(dir, 'node-1.log')));
});
