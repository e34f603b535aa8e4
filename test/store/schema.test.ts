import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { schemaVersion } from '../../src/model/run-result.ts';
import { migrate } from '../../src/store/migrate.ts';
import { readResult, resultJsonSchema } from '../../src/store/result-file.ts';

const published = join(import.meta.dirname, '..', '..', 'docs', 'result.schema.json');

test('the published JSON Schema is the one the types give', async () => {
  const text = `${JSON.stringify(resultJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDENS === '1') await writeFile(published, text);
  assert.equal(await readFile(published, 'utf8'), text, 'UPDATE_GOLDENS=1 npm test writes it anew');
});

const folder = join(import.meta.dirname, '..', 'fixtures', 'results');

test('a result file of every former version is still read', async () => {
  const names = await readdir(folder);
  for (let version = 1; version < schemaVersion; version += 1) {
    assert.ok(
      names.some((name) => name.startsWith(`v${version}-`)),
      `a stored file of version ${version}`,
    );
  }
  for (const name of names) assert.equal((await readResult(join(folder, name))).schemaVersion, schemaVersion);
});

test('what is no result of a known version is left as it is', () => {
  for (const value of [null, 'text', [], {}, { schemaVersion: 'one' }, { schemaVersion }])
    assert.deepEqual(migrate(value), value);
});
