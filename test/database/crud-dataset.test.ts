// test-lane: waits
import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import * as dataset from '../../bench/crud/dataset.ts';
import { service } from '../../bench/crud/service.ts';
import { withConnection } from '../../src/database/connection.ts';
import type { TrialDatabase } from '../../src/database/trial-database.ts';
import { type OpenedServer, openTestServer } from './open-server.ts';

const seed = 20_261_123;
const uuidV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
let opened: OpenedServer;
let copy: TrialDatabase;

before(async () => {
  opened = await openTestServer();
  assert.ok(service.database);
  const schemaPath = fileURLToPath(new URL('../../bench/crud/schema.sql', import.meta.url));
  const template = await opened.server.prepareTemplate(service.database, schemaPath, seed);
  copy = await template.copy();
});
after(() => opened.close());

function ask<T extends object>(text: string, values: string[] = []): Promise<T[]> {
  return withConnection(copy.url, (sql) => sql.unsafe<T[]>(text, values));
}

test('the template has the promised rows', async () => {
  assert.equal(await copy.count('SELECT count(*) FROM users'), 1_000);
  assert.equal(
    await copy.count('SELECT count(*) FROM sessions WHERE expires_at > now() AND revoked_at IS NULL'),
    2_000,
  );
  assert.equal(await copy.count('SELECT count(*) FROM sessions WHERE expires_at <= now()'), 1_000);
  assert.equal(await copy.count('SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL'), 1_000);
  assert.equal(await copy.count('SELECT count(*) FROM files WHERE size_bytes = 4096'), 10_000);
  assert.equal(await copy.count('SELECT count(*) FROM files WHERE size_bytes = 262144'), 200);
});

test('every invariant holds before any request', async () => {
  for (const { id, sql, expected } of service.database?.invariants ?? []) {
    const rowCount = await copy.count(sql);
    const { minCount, maxCount } = expected(rowCount, { createdCount: 0, deletedCount: 0, uncertainCount: 0 });
    assert.ok(rowCount >= minCount && rowCount <= maxCount, `${id}: ${rowCount}`);
  }
});

test('files counted are those acknowledged, give or take the uncertain ones', () => {
  const rule = service.database?.invariants[0];
  const bounds = rule?.expected(100, { createdCount: 7, deletedCount: 2, uncertainCount: 1 });
  assert.deepEqual(bounds, { minCount: 104, maxCount: 106 });
});

test('tokens, users and files are where the pure functions say', async () => {
  const [session] = await ask<{ name: string }>(
    `SELECT name FROM sessions JOIN users ON id = user_id WHERE token_sha256 = sha256(convert_to($1, 'UTF8'))`,
    [dataset.liveToken(seed, 999, 1)],
  );
  assert.equal(session?.name, 'user-1000');
  const rows = await ask<{ id: string }>('SELECT id FROM files WHERE user_id = $1 ORDER BY id', [
    dataset.userId(seed, 3),
  ]);
  assert.deepEqual(
    rows.map(({ id }) => id),
    [...dataset.fileIdsOf(seed, 3), ...dataset.vectorFileIdsOf(seed, 3)],
  );
});

test('the body of a file ends with the CRC-32 of what precedes, and no two are equal', async () => {
  const [file] = await ask<{ body: Buffer }>('SELECT body FROM files WHERE id = $1', [dataset.fileId(seed, 4_321)]);
  assert.ok(file);
  assert.equal(file.body.readUInt32BE(4_092), crc32(file.body.subarray(0, 4_092)));
  assert.equal(await copy.count('SELECT count(DISTINCT body) FROM files WHERE size_bytes = 4096'), 10_000);
});

test('a vector holds finite float32 values', async () => {
  const [file] = await ask<{ body: Buffer }>('SELECT body FROM files WHERE id = $1', [dataset.vectorFileId(seed, 199)]);
  assert.ok(file);
  const values = Array.from({ length: file.body.length / 4 }, (_, index) => file.body.readFloatLE(4 * index));
  assert.ok(values.every((value) => value >= 0.5 && value < 2));
  assert.ok(new Set(values).size > 8);
});

test('the shared hash is that of the known password', () => {
  const salt = Buffer.from(dataset.passwordSaltHex, 'hex');
  const hash = scryptSync(dataset.seededPassword, salt, 32, { N: 16_384, r: 8, p: 1 });
  assert.equal(hash.toString('hex'), dataset.passwordHashHex);
  assert.equal(salt.length, 16);
});

test('ids are UUIDv7 text in the order of their rows, and tokens are 32 bytes of base64url', () => {
  const ids = Array.from({ length: 50 }, (_, file) => dataset.fileId(seed, file));
  for (const id of [...ids, dataset.absentId(seed)]) assert.match(id, uuidV7);
  assert.deepEqual(ids.toSorted(), ids);
  const token = dataset.liveToken(seed, 5, 0);
  assert.equal(Buffer.from(token, 'base64url').length, 32);
  assert.equal(Buffer.from(token, 'base64url').toString('base64url'), token);
});

test('another seed has other ids and tokens, the same seed the same', () => {
  assert.equal(dataset.liveToken(1, 0, 0), dataset.liveToken(1, 0, 0));
  assert.notEqual(dataset.liveToken(1, 0, 0), dataset.liveToken(2, 0, 0));
  assert.notEqual(dataset.liveToken(1, 0, 0), dataset.liveToken(1 + 2 ** 32, 0, 0));
  assert.notEqual(dataset.fileId(1, 0), dataset.fileId(2, 0));
});
