// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly run: string;
}

const action = parse(readFileSync(join(import.meta.dirname, '../../.github/actions/ci/action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
};

interface Played {
  readonly exitCode: number | null;
  readonly calls: string;
  readonly summary: string;
  readonly output: string;
}

/** Plays the steps as a runner does, with an `npm`, a `paceline` and a `gh` that write down what they are asked. */
function play(t: TestContext, paceline: string, gh: string, isPullRequest = true): Played {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-action-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const at = (name: string) => join(dir, name);
  const program = (name: string, text: string) => {
    writeFileSync(at(name), `#!/bin/bash\n${text}\n`);
    chmodSync(at(name), 0o755);
  };
  const calls = at('calls');
  for (const name of ['summary', 'outputs', 'calls']) writeFileSync(at(name), '');
  mkdirSync(at('bin'));
  mkdirSync(at('temp/paceline/node_modules/.bin'), { recursive: true });
  program('bin/npm', `echo "npm $*" >> ${calls}`);
  program('bin/gh', `echo "gh $*" >> ${calls}\n${gh}`);
  program('temp/paceline/node_modules/.bin/paceline', `echo "paceline $*" >> ${calls}\n${paceline}`);
  const env = {
    ...{ PATH: `${at('bin')}:${process.env.PATH}`, RUNNER_TEMP: at('temp'), GITHUB_REPOSITORY: 'own/shop' },
    ...{ GITHUB_STEP_SUMMARY: at('summary'), GITHUB_OUTPUT: at('outputs'), NUMBER: '7', GH_TOKEN: 'x' },
    ...{ PACKAGE: './p.tgz', ARGUMENTS: '--pairs 2 --impl api' },
  };
  let exitCode: number | null = 0;
  let output = '';
  for (const step of action.runs.steps) {
    if (exitCode !== 0 || (step.if !== undefined && !isPullRequest)) continue;
    const CODE = /^code=(.*)$/m.exec(readFileSync(at('outputs'), 'utf8'))?.[1] ?? '';
    // As a runner starts `shell: bash`.
    const words = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run];
    const ended = spawnSync('bash', words, { cwd: dir, env: { ...env, CODE }, encoding: 'utf8' });
    exitCode = ended.status;
    output += ended.stdout + ended.stderr;
  }
  return { exitCode, calls: readFileSync(calls, 'utf8'), summary: readFileSync(at('summary'), 'utf8'), output };
}

const measured = (code: number) => `echo '# compared' > "$3"; exit ${code}`;

test('the comparison is the job summary and one comment, and the verdict is the exit code', (t) => {
  const { exitCode, calls, summary } = play(t, measured(1), '');
  assert.equal(exitCode, 1);
  assert.equal(summary, '# compared\n');
  assert.match(calls, /^npm install .* \.\/p\.tgz$/m);
  assert.match(calls, /^paceline ci --markdown \S+ --pairs 2 --impl api$/m);
  assert.match(calls, /^gh api -X POST repos\/own\/shop\/issues\/7\/comments/m);
});

test('a comment that is there is edited', (t) => {
  const { exitCode, calls } = play(t, measured(0), 'case "$*" in *--paginate*) echo 41;; esac');
  assert.equal(exitCode, 0);
  assert.match(calls, /^gh api -X PATCH repos\/own\/shop\/issues\/comments\/41/m);
  assert.doesNotMatch(calls, /POST/);
});

test('a fork’s token that may not comment changes nothing of the verdict', (t) => {
  const { exitCode, output, summary } = play(t, measured(0), 'echo "HTTP 403" >&2; exit 1');
  assert.equal(exitCode, 0);
  assert.match(output, /::notice::no comment .*HTTP 403/);
  assert.equal(summary, '# compared\n');
});

test('what measured nothing says so, and outside of a pull request nothing is sent', (t) => {
  const { exitCode, summary, calls } = play(t, 'exit 3', '', false);
  assert.equal(exitCode, 3);
  assert.match(summary, /Nothing was measured/);
  assert.doesNotMatch(calls, /gh/);
});

test('every input is described', () => {
  for (const { description } of Object.values(action.inputs)) assert.ok(description.length > 10);
});
