import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { resultJsonSchema } from '../../src/store/result-file.ts';

const published = join(import.meta.dirname, '..', '..', 'docs', 'result.schema.json');

test('the published JSON Schema is the one the types give', async () => {
  const text = `${JSON.stringify(resultJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDENS === '1') await writeFile(published, text);
  assert.equal(await readFile(published, 'utf8'), text, 'UPDATE_GOLDENS=1 npm test writes it anew');
});
