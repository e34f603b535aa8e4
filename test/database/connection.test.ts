// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { databaseError, withConnection, withServerLog } from '../../src/database/connection.ts';
import { HarnessError } from '../../src/model/harness-error.ts';

const authenticationOk = Buffer.from('R\0\0\0\x08\0\0\0\0');
const readyForQuery = Buffer.from('Z\0\0\0\x05I');

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

test('a server that is gone in the middle of the first query fails the query at once, and nothing else', {
  timeout: 4_000,
}, async (context) => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([authenticationOk, readyForQuery]));
      socket.once('data', () => socket.resetAndDestroy());
    });
  });
  context.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  // A rejection that nobody handles fails the test too: it would end a run with everything it started.
  const asked = withConnection(`postgres://someone@127.0.0.1:${port}/postgres`, (sql) => sql`SELECT 1`);
  await assert.rejects(asked, { code: 'ECONNRESET' });
});
