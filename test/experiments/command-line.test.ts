// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { headComment } from '../../experiments/command-line.ts';

const root = join(import.meta.dirname, '..', '..');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('every experiment that has options says in its --help how it is run', () => {
  const withOptions = Object.entries(scripts).flatMap(([name, command]) => {
    const path = /^node (experiments\/\S+\.ts)$/.exec(command)?.[1];
    const source = path === undefined ? '' : readFileSync(join(root, path), 'utf8');
    return source.includes('readCommandLine(') ? [{ name, help: headComment(source) }] : [];
  });
  assert.ok(withOptions.length >= 15);
  for (const { name, help } of withOptions) {
    assert.match(help, new RegExp(`npm run ${name}\\b`));
    assert.doesNotMatch(help, /^ ?\*/m);
  }
});

test('an option that an experiment does not have is one sentence and exit code 2, and --help starts nothing', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'experiments', 'measurement', 'references.ts'), ...args], {
      encoding: 'utf8',
    });
  const wrong = run('--lits');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /^Unknown option '--lits'.*\nremedy: --help says/);
  const help = run('--help');
  assert.equal(help.status, 0, help.stderr);
  assert.match(help.stdout, /^Records the reference runs/);
});
