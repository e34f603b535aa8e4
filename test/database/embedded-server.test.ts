// test-lane: waits
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import postgres from 'postgres';
import { arrayText, withConnection } from '../../src/database/connection.ts';
import type { Template } from '../../src/database/template.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { processStartTicks } from '../../src/os/process-identity.ts';
import { type OpenedServer, openTestServer } from './open-server.ts';
import { smallDatabase, smallSchema } from './small-service.ts';

let opened: OpenedServer;
let template: Template;
const schema = smallSchema();
const joinedFile = join(mkdtempSync(join(tmpdir(), 'joined-')), 'cgroup.procs');

before(async () => {
  opened = await openTestServer({ joinPaths: [joinedFile] });
  template = await opened.server.prepareTemplate(smallDatabase, schema.path, 7);
});
after(async () => {
  await opened.close();
  schema.remove();
  rmSync(join(joinedFile, '..'), { recursive: true });
});

/** One client of the ordinary role, as an implementation is one. */
async function asRole<T>(url: string, use: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    return await use(sql);
  } finally {
    await sql.end();
  }
}

test('the server is PostgreSQL 18 on loopback below the ephemeral ports, and says how it is set', () => {
  const { server } = opened;
  assert.equal(Number.parseInt(server.version, 10), 18);
  assert.equal(server.settings.fsync, 'on');
  assert.equal(server.settings['pg_stat_statements.track'], 'none');
  const { hostname, port } = new URL(server.adminUrl);
  assert.equal(hostname, '127.0.0.1');
  assert.ok(Number(port) < 32_768);
});

test('its process entered the given groups, and its record names it for good', () => {
  const [record] = opened.started;
  assert.equal(readFileSync(joinedFile, 'utf8'), String(record?.pid));
  assert.equal(record?.startTicks, processStartTicks(opened.server.pid ?? 0));
});

test('an array is read as it was, whatever its texts contain', async () => {
  const texts = ['', 'a,b', '{}', 'NULL', '"', '\\', '\\"\n', ' é '];
  const [row] = await withConnection(opened.server.adminUrl, (sql) =>
    sql.unsafe<{ read: string }[]>('SELECT to_json($1::text[])::text AS read', [arrayText(texts)]),
  );
  assert.deepEqual(JSON.parse(row?.read ?? ''), texts);
});

test('a copy holds the data set of the seed, and a change in one copy is not in the next', async () => {
  const one = await template.copy();
  const other = await template.copy();
  await asRole(one.url, (sql) => sql`INSERT INTO things (name) VALUES ('mine')`);
  assert.equal(await one.count('SELECT count(*) FROM things'), 4);
  assert.equal(await other.count(`SELECT count(*) FROM things WHERE name IN ('a-7', 'b-7', 'c-7')`), 3);
  assert.equal(await other.count('SELECT count(*) FROM things'), 3);
  await Promise.all([one.drop(), other.drop()]);
});

test('the role of a copy is an ordinary one', async () => {
  const copy = await template.copy();
  await asRole(copy.url, async (sql) => {
    await assert.rejects(sql`CREATE TABLE mine (id int)`, { code: '42501' });
    const [role] = await sql`SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user`;
    assert.deepEqual({ ...role }, { rolsuper: false, rolcreatedb: false });
  });
  assert.equal(new URL(copy.url).search, '');
  await copy.drop();
});

test('a copy is dropped with clients connected, and dropping it again is no error', async () => {
  const copy = await template.copy();
  const client = postgres(copy.url, { max: 1, fetch_types: false });
  await client`SELECT 1`;
  await copy.drop();
  await copy.drop();
  await client.end();
  await assert.rejects(copy.count('SELECT 1'), HarnessError);
});

test('statements of the role are counted once enabled, and only those since the reset', async () => {
  const copy = await template.copy();
  assert.equal(await copy.enableStatements(), true);
  await asRole(copy.url, async (sql) => {
    await sql`SELECT 1 AS forgotten`;
    await copy.resetStatements();
    for (let call = 0; call < 3; call++) await sql`SELECT name FROM things WHERE id = ${call}`;
    await sql.begin((inner) => inner`DELETE FROM things`);
  });
  const calls = (await copy.statementCalls())?.map(({ query, callCount }) => [query.toLowerCase(), callCount]);
  assert.deepEqual(Object.fromEntries(calls ?? []), {
    'select name from things where id = $1': 3,
    begin: 1,
    'delete from things': 1,
    commit: 1,
  });
  await copy.drop();
});

test('nothing is counted, nor paid for, before it is enabled', async () => {
  const copy = await template.copy();
  await asRole(copy.url, (sql) => sql`SELECT name FROM things`);
  assert.deepEqual(await copy.statementCalls(), []);
  await copy.drop();
});

test('after a restart the same address serves the same rows from another process', async () => {
  const copy = await template.copy();
  const earlierPid = opened.server.pid;
  await opened.server.outage?.begin();
  await opened.server.outage?.end();
  assert.notEqual(opened.server.pid, earlierPid);
  assert.equal(opened.started.at(-1)?.pid, opened.server.pid);
  assert.equal(await copy.count('SELECT count(*) FROM things'), 3);
  await copy.drop();
});

test('a statement that fails names the database and what was asked', async () => {
  const copy = await template.copy();
  await assert.rejects(copy.count('SELECT count(*) FROM nowhere'), (error) => {
    assert.ok(error instanceof HarnessError);
    assert.match(error.message, /count rows.*paceline_.*nowhere/);
    return true;
  });
  await copy.drop();
});

test('a stopped server has left no process and no directory, and can be stopped again', async () => {
  const { server, started, close } = await openTestServer();
  await server.prepareTemplate(smallDatabase, schema.path, 7);
  await server.stop();
  const [record] = started;
  assert.ok(record);
  assert.equal(processStartTicks(record.pid), null);
  assert.equal(existsSync(record.dataDir), false);
  await close();
});

test('an abort while it starts leaves nothing behind', async () => {
  const controller = new AbortController();
  const dataDirs: string[] = [];
  const opening = openTestServer({
    signal: controller.signal,
    onStarted: (record) => {
      dataDirs.push(record.dataDir);
      controller.abort(new Error('interrupted'));
    },
  });
  await assert.rejects(opening, /interrupted/);
  assert.deepEqual(dataDirs.map(existsSync), [false]);
});
