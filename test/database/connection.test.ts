import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databaseError, withServerLog } from '../../src/database/connection.ts';
import { HarnessError } from '../../src/model/harness-error.ts';

test('a full disk is recognized, whether the server or its log says so', () => {
  const bySqlState = Object.assign(new Error('could not extend file'), { code: '53100' });
  assert.equal(databaseError('cannot copy', bySqlState).code, 'disk-full');
  const log = 'FATAL: could not write: No space left on device';
  const byLog = databaseError('does not start', new Error('exit 1'), { log });
  assert.equal(byLog.code, 'disk-full');
});

test('any other failure names what was tried, why it failed and how the log ends', () => {
  const log = `${'x'.repeat(9_000)}\nFATAL: the reason`;
  const error = databaseError('does not start', new Error('it ended at once'), { log });
  assert.equal(error.code, 'database-unavailable');
  assert.match(error.message, /^does not start: it ended at once\n[\s\S]*FATAL: the reason$/);
  assert.ok(error.message.length < 3_000);
});

test('a server that went down is explained by its log, other errors stay as they are', () => {
  const lost = databaseError('cannot copy', new Error('CONNECTION_CLOSED'));
  const full = withServerLog(lost, 'PANIC: could not write to file "pg_wal/x": No space left on device');
  assert.ok(full instanceof HarnessError);
  assert.equal(full.code, 'disk-full');
  assert.match(full.message, /^cannot copy: CONNECTION_CLOSED\nthe server's log ends with:\nPANIC/);
  const killed = withServerLog(lost, 'LOG: ready');
  assert.ok(killed instanceof HarnessError && killed.code === 'database-unavailable');
  const bug = new TypeError('a bug');
  assert.equal(withServerLog(bug, 'No space left on device'), bug);
});

test('an error already meant for the user is left as it is', () => {
  const error = new HarnessError('disk-full', 'a', 'b');
  assert.equal(databaseError('cannot copy', error), error);
});
