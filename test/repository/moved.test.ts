import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

test('every old path of docs/decisions/moved.md leads to a file that exists', () => {
  const text = readFileSync(join(root, 'docs/decisions/moved.md'), 'utf8');
  const rows = [...text.slice(text.indexOf('## Paths of the code')).matchAll(/^\| `([^`]+)` \| `([^`]+)` \|$/gm)];
  assert.ok(rows.length > 400);
  const wrong = rows.flatMap(([, was = '', is = '']) => (existsSync(join(root, is)) ? [] : [`${was} → ${is}`]));
  assert.deepEqual(wrong, []);
});
