// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shownResult } from '../../experiments/pictures/pictures.ts';

const root = join(import.meta.dirname, '..', '..');

test('the tables of README and tutorial are what the command beside them prints', () => {
  const words = ['bin/paceline.mjs', 'report', shownResult, '--format', 'markdown'];
  const printed = execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  for (const page of ['README.md', 'docs/tutorial.md']) {
    const text = readFileSync(join(root, page), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| crud-'));
    assert.ok(rows.length >= 3, page);
    for (const row of rows) assert.ok(printed.includes(`\n${row}`), `${page}: ${row}`);
    assert.ok(text.includes(`npm run bench -- ${words.slice(1).join(' ')}`), page);
  }
});
