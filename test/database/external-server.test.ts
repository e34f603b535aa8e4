// test-lane: waits
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { databaseUrl, withConnection } from '../../src/database/connection.ts';
import type { DatabaseServer } from '../../src/database/database-server.ts';
import { requireVersion } from '../../src/database/external-server.ts';
import { openDatabaseServer } from '../../src/database/open-database-server.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { type OpenedServer, openTestServer } from './open-server.ts';
import { smallDatabase, smallSchema } from './small-service.ts';

/** An embedded server plays somebody else's. */
let outer: OpenedServer;
const schema = smallSchema();

before(async () => {
  outer = await openTestServer();
});
after(async () => {
  await outer.close();
  schema.remove();
});

function openExternal(url: string): Promise<DatabaseServer> {
  return openDatabaseServer({
    databaseUrl: url,
    cacheDir: '/dev/null/none',
    signal: new AbortController().signal,
    onStarted: () => assert.fail('an external server is not started'),
    joinPaths: [],
    onProgress: () => {},
  });
}

/** The URL of a new role with the given rights. */
async function newRole(name: string, rights: string): Promise<string> {
  await withConnection(outer.server.adminUrl, (sql) => sql.unsafe(`CREATE ROLE ${name} LOGIN PASSWORD 'pw' ${rights}`));
  return databaseUrl(outer.server.adminUrl, 'postgres', { name, password: 'pw' });
}

async function names(): Promise<string[]> {
  return withConnection(outer.server.adminUrl, async (sql) => {
    const rows = await sql<{ name: string }[]>`
      SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles ORDER BY 1`;
    return rows.map(({ name }) => name);
  });
}

test('a foreign server is used through databases and a role of our naming, and those alone are dropped', async () => {
  const before = await names();
  const server = await openExternal(outer.server.adminUrl);
  const template = await server.prepareTemplate(smallDatabase, schema.path, 7);
  const copy = await template.copy();
  assert.equal(await copy.count('SELECT count(*) FROM things'), 3);
  const added = (await names()).filter((name) => !before.includes(name));
  assert.equal(added.length, 3);
  assert.ok(
    added.every((name) => name.startsWith('paceline_')),
    added.join(),
  );
  await server.stop();
  await server.stop();
  assert.deepEqual(await names(), before);
});

test('it says what it lacks', async () => {
  const server = await openExternal(outer.server.adminUrl);
  assert.deepEqual([server.pid, server.outage], [null, null]);
  assert.deepEqual(
    server.warnings.map(({ code }) => code),
    ['database-cpu-unknown', 'database-restart-unchecked'],
  );
  await server.stop();
});

test('a role that may create databases and roles is enough, without the statement budget', async () => {
  const server = await openExternal(await newRole('modest', 'CREATEDB CREATEROLE'));
  assert.ok(server.warnings.some(({ code }) => code === 'budget-unchecked'));
  const template = await server.prepareTemplate(smallDatabase, schema.path, 7);
  const copy = await template.copy();
  assert.equal(await copy.enableStatements(), false);
  assert.equal(await copy.statementCalls(), null);
  await server.stop();
});

test('a role that may not create databases is refused with the remedy', async () => {
  await assert.rejects(openExternal(await newRole('poor', '')), (error) => {
    assert.ok(error instanceof HarnessError);
    assert.equal(error.code, 'database-unavailable');
    assert.match(error.remedy, /CREATEDB/);
    return true;
  });
});

test('a wrong password is an error without the password in it', async () => {
  const url = databaseUrl(outer.server.adminUrl, 'postgres', { name: 'postgres', password: 'sesame' });
  await assert.rejects(openExternal(url), (error) => {
    assert.ok(error instanceof HarnessError);
    assert.match(error.message, /password authentication failed/);
    assert.doesNotMatch(error.message, /sesame/);
    return true;
  });
});

test('a server that is not there, and text that is no address, are errors for the user', async () => {
  for (const url of ['postgres://postgres:pw@127.0.0.1:1/postgres', 'nonsense']) {
    await assert.rejects(openExternal(url), { name: 'HarnessError', code: 'database-unavailable' });
  }
});

test('PostgreSQL before 18 is refused, 18 and later are not', () => {
  assert.throws(() => requireVersion('17.9', 'somewhere'), /PostgreSQL 17\.9.*18/);
  requireVersion('18.0', 'somewhere');
  requireVersion('19beta1', 'somewhere');
});
