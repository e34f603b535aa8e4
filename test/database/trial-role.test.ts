// test-lane: waits
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withConnection } from '../../src/database/connection.ts';
import type { Template } from '../../src/database/template.ts';
import { type OpenedServer, openTestServer } from './open-server.ts';
import { smallDatabase, smallSchema } from './small-service.ts';

const schema = smallSchema();
let opened: OpenedServer;
let template: Template;

before(async () => {
  opened = await openTestServer();
  template = await opened.server.prepareTemplate(smallDatabase, schema.path, 1);
});
after(async () => {
  await opened.close();
  schema.remove();
});

const write = "INSERT INTO things (name) VALUES ('new')";

test('what a role sets for itself ends with its trial', async () => {
  const first = await template.copy();
  await withConnection(first.url, (sql) =>
    sql.unsafe('ALTER ROLE CURRENT_USER SET default_transaction_read_only = on'),
  );
  assert.deepEqual((await first.use()).storedSettings, ['default_transaction_read_only=on']);
  await assert.rejects(
    withConnection(first.url, (sql) => sql.unsafe(write)),
    /read-only/,
  );
  const second = await template.copy();
  await withConnection(second.url, (sql) => sql.unsafe(write));
  assert.deepEqual((await second.use()).storedSettings, []);
  await first.drop();
  await second.drop();
});

test('a role may connect to its own copy alone', async () => {
  const [first, second] = [await template.copy(), await template.copy()];
  const other = new URL(first.url);
  other.pathname = new URL(second.url).pathname;
  const name = new URL(first.url).pathname.slice(1).replace(/trial_\d+$/, 'template_1');
  const source = new URL(first.url);
  source.pathname = `/${name}`;
  for (const url of [other.href, source.href]) {
    await assert.rejects(
      withConnection(url, (sql) => sql.unsafe('SELECT 1')),
      /permission denied for database/,
    );
  }
  await first.drop();
  await second.drop();
});

test('connections of the role are counted', async () => {
  const copy = await template.copy();
  await withConnection(copy.url, async (sql) => {
    await sql.unsafe('SELECT 1');
    assert.equal((await copy.use()).connectionCount, 1);
  });
  await copy.drop();
});

const ways: Readonly<Record<string, string>> = {
  'SET in the session': `SET synchronous_commit = off; ${write}`,
  'set_config in the session': `SELECT set_config('synchronous_commit', 'off', false); ${write}`,
  'SET LOCAL just before the commit': `BEGIN; ${write}; SET LOCAL synchronous_commit = off; COMMIT`,
  'the role’s default': `ALTER ROLE CURRENT_USER SET synchronous_commit = off`,
};

for (const [way, statement] of Object.entries(ways)) {
  test(`a commit that does not wait is seen: ${way}`, async () => {
    const copy = await template.copy();
    await copy.recordSettings();
    await withConnection(copy.url, (sql) => sql.unsafe(statement).simple());
    await withConnection(copy.url, (sql) => sql.unsafe(write));
    assert.deepEqual(await copy.recordedSettings(), ['synchronous_commit=off']);
    await copy.drop();
  });
}

test('what drivers set by themselves is not reported', async () => {
  const copy = await template.copy();
  await copy.recordSettings();
  await withConnection(copy.url, (sql) =>
    sql.unsafe(`SET application_name = 'x'; SET timezone = 'UTC'; SET statement_timeout = 5000; ${write}`).simple(),
  );
  assert.deepEqual(await copy.recordedSettings(), []);
  await copy.drop();
});
