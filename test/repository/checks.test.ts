import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const workflowRoot = join(import.meta.dirname, '..', '..');

test('README shows the workflow of pull requests as it is', () => {
  const workflow = readFileSync(join(workflowRoot, '.github/workflows/bench.yml'), 'utf8').trimEnd();
  const shown = workflow.split('\n').map((line) => `    ${line}`);
  assert.ok(readFileSync(join(workflowRoot, 'README.md'), 'utf8').includes(`\n${shown.join('\n')}\n`));
});
