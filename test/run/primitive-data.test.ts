import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { integerCount, preparePrimitiveData } from '../../src/run/primitive-data.ts';

async function cache(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paceline-data-'));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('the same seed gives the same integers, and the hash is that of them in order', async (context) => {
  const { path, sortedHash } = await preparePrimitiveData(await cache(context), 7);
  const again = await preparePrimitiveData(await cache(context), 7);
  const other = await preparePrimitiveData(await cache(context), 8);
  assert.equal(again.sortedHash, sortedHash);
  assert.notEqual(other.sortedHash, sortedHash);
  const bytes = await readFile(path);
  const integers = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  assert.equal(integers.length, integerCount);
  assert.equal(createHash('sha256').update(integers.sort()).digest('hex'), sortedHash);
});

test('a file that was cut short is written again', async (context) => {
  const folder = await cache(context);
  const { path } = await preparePrimitiveData(folder, 7);
  await truncate(path, 1_000);
  await preparePrimitiveData(folder, 7);
  assert.equal((await readFile(path)).length, integerCount * 4);
});
