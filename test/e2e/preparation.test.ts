// test-lane: waits
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { readResult } from '../../src/store/result-file.ts';
import { echoRun, fixturesDir, paceline, type Workspace, workspace, writeImplementation } from '../support/paceline.ts';

const missing = {
  program: 'quux',
  atLeast: '9.1',
  versionCommand: ['quux-that-is-nowhere', '--version'],
  remedy: 'install quux from its site',
};
const tooOld = { program: 'node', atLeast: '999', versionCommand: ['{node}', '--version'], remedy: 'install Node 999' };

/** A run over implementations that the test writes, beside the fixtures. */
async function runOver(space: Workspace, ids: readonly string[]) {
  await mkdir(space.file('impls'), { recursive: true });
  return paceline([...echoRun(ids, space.file('r.json')), '--impls', space.file('impls')], space);
}

test('a toolchain that is missing or too old is skipped with its remedy, and the others are measured', async (context) => {
  const space = await workspace(context);
  await writeImplementation(space.file('impls'), 'needs-quux', { requires: [missing] });
  await writeImplementation(space.file('impls'), 'needs-newer', { requires: [tooOld] });
  const { exitCode, stdout, stderr } = await runOver(space, ['echo', 'needs-newer', 'needs-quux']);
  assert.match(stderr, /skipped: needs-quux: quux not on PATH \(needs ≥ 9\.1\).*install quux from its site/);
  assert.match(stderr, /skipped: needs-newer: node on PATH is \d.*\(needs ≥ 999\).*install Node 999/);
  assert.match(stdout, /needs-quux +skipped: quux not on PATH/);
  const { trials, implementations, state } = await readResult(space.file('r.json'));
  assert.deepEqual(implementations.map(({ status }) => status).sort(), ['ready', 'skipped', 'skipped']);
  assert.equal(trials.length, 1);
  assert.equal(state, 'complete');
  assert.equal(exitCode, trials[0]?.status === 'ok' ? 0 : 3);
});

test('a run of which nothing can be measured says so in one message and exits 3', async (context) => {
  const space = await workspace(context);
  await writeImplementation(space.file('impls'), 'needs-quux', { requires: [missing] });
  await writeImplementation(space.file('impls'), 'needs-newer', { requires: [tooOld] });
  const { exitCode, stdout, stderr } = await runOver(space, ['needs-newer', 'needs-quux']);
  assert.match(stderr, /paceline: nothing could be measured:\n {2}needs-newer: node on PATH is .*\n.*install Node 999/);
  assert.match(stderr, /needs-quux: quux not on PATH \(needs ≥ 9\.1\)\n.*install quux from its site/);
  assert.equal(stdout, '');
  assert.equal(exitCode, 3);
});

test('a build that fails shows its own words, and the others are measured', async (context) => {
  const space = await workspace(context);
  const script = 'console.log("compiling part one"); console.error("part.quux:7: no such thing"); process.exit(9)';
  await writeImplementation(space.file('impls'), 'broken', { build: [['{node}', '-e', script]] });
  const { exitCode, stdout, stderr } = await runOver(space, ['echo', 'broken']);
  assert.match(
    stderr,
    /broken: `\{node\} -e .*` failed \(exit code 9\)\ncompiling part one\npart\.quux:7: no such thing/,
  );
  assert.match(stdout, /broken +.*not built|broken +.*build/);
  const { trials, implementations } = await readResult(space.file('r.json'));
  const broken = implementations.find(({ manifest }) => manifest.id === 'broken');
  assert.ok(broken?.status === 'failed' && broken.code === 'build-failed');
  assert.match(broken.logTail, /part\.quux:7: no such thing/);
  assert.deepEqual(
    trials.map(({ spec }) => spec.implementation),
    ['echo'],
  );
  assert.equal(exitCode, 3);
});

test('a missing build tool is named', async (context) => {
  const space = await workspace(context);
  await writeImplementation(space.file('impls'), 'toolless', { build: [['quux-that-is-nowhere', 'build']] });
  const { exitCode, stderr } = await runOver(space, ['toolless']);
  assert.match(stderr, /toolless: `quux-that-is-nowhere build` failed .*ENOENT/);
  assert.match(stderr, /paceline: nothing could be measured/);
  assert.equal(exitCode, 3);
});

test('an implementation that breaks the contract is not measured, and the exit code says so', async (context) => {
  const space = await workspace(context);
  const { exitCode, stdout, stderr } = await runOver(space, ['echo', 'wrong']);
  assert.match(stderr, /wrong: conformance failed: echo\.json: .*expected body/);
  assert.match(stdout, /wrong +breaks the contract/);
  const { trials } = await readResult(space.file('r.json'));
  assert.deepEqual(
    trials.map(({ spec }) => spec.implementation),
    ['echo'],
  );
  assert.equal(exitCode, 1);
  const alone = await runOver(space, ['wrong']);
  assert.match(alone.stderr, /paceline: nothing could be measured:\n {2}wrong: conformance failed/);
  assert.equal(alone.exitCode, 1);
});

test('conform shows a build that fails, goes on and exits 3; a broken contract exits 1', async (context) => {
  const space = await workspace(context);
  const impls = await writeImplementation(space.file('impls'), 'broken', {
    build: [['{node}', '-e', 'process.exit(9)']],
  });
  const unbuilt = await paceline(['conform', 'broken', 'echo', '--impls', impls, '--impls', fixturesDir], space);
  assert.match(unbuilt.stdout, /broken: .*failed \(exit code 9\)/);
  assert.match(unbuilt.stdout, /echo: vectors: \d+ checks passed/);
  assert.equal(unbuilt.exitCode, 3);
  const wrong = await paceline(['conform', 'wrong', '--impls', fixturesDir], space);
  assert.match(wrong.stdout, /wrong: vectors: 1 of 2 checks failed\n {2}echo\.json/);
  assert.equal(wrong.exitCode, 1);
});
