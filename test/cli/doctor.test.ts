// test-lane: waits
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { openTestServer } from '../database/open-server.ts';
import { paceline } from '../support/paceline.ts';

const doctor = (url: string) => paceline(['doctor'], { env: { DATABASE_URL: url } });

test('a server named by DATABASE_URL is asked what it is and what may be done there', async (context) => {
  const outer = await openTestServer();
  context.after(() => outer.close());
  const { stdout, exitCode } = await doctor(outer.server.adminUrl);
  assert.match(
    stdout,
    /weak {5}database: DATABASE_URL \(postgres@127\.0\.0\.1:\d+\): PostgreSQL 18\.\d+, its role may create/,
  );
  assert.equal(exitCode, 0);
});

test('a server that is down is missing, with the remedy', async () => {
  const { stdout, exitCode } = await doctor('postgres://postgres:sesame@127.0.0.1:1/postgres');
  assert.match(stdout, /missing {2}database: DATABASE_URL \(postgres@127\.0\.0\.1:1\) cannot be used: .*ECONNREFUSED/);
  assert.match(stdout, /Remedy: start that server, correct DATABASE_URL, or unset it/);
  assert.doesNotMatch(stdout, /sesame/);
  assert.equal(exitCode, 3);
});

test('a port that never says anything is given up', { timeout: 60_000 }, async (context) => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { stdout, exitCode } = await doctor(`postgres://postgres@127.0.0.1:${port}/postgres`);
  assert.match(stdout, /missing {2}database: DATABASE_URL: no answer within 8 s/);
  assert.equal(exitCode, 3);
});
