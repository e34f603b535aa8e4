import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Compares a text with the stored one; `UPDATE_GOLDENS=1 npm test` writes all of them anew. */
export function assertGolden(actual: string, file: URL): void {
  if (process.env.UPDATE_GOLDENS === '1') {
    mkdirSync(dirname(file.pathname), { recursive: true });
    writeFileSync(file, actual);
  }
  assert.equal(actual, readFileSync(file, 'utf8'), `${file.pathname} differs; UPDATE_GOLDENS=1 npm test accepts it`);
}
