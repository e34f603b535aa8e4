import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');

test('the page on gating pull requests shows the workflow of pull requests as it is', () => {
  const workflow = readFileSync(join(root, '.github/workflows/bench.yml'), 'utf8').trimEnd();
  const shown = workflow.split('\n').map((line) => `    ${line}`);
  assert.ok(readFileSync(join(root, 'docs/how-to/gate-pull-requests.md'), 'utf8').includes(`\n${shown.join('\n')}\n`));
});
