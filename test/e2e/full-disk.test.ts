// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readResult } from '../../src/store/result-file.ts';
import { leftovers } from '../support/leftovers.ts';
import {
  echoRun,
  makeWorkspace,
  paceline,
  removeWorkspace,
  startPaceline,
  type Workspace,
  workspace,
} from '../support/paceline.ts';

const skip = process.getuid?.() === 0 ? false : 'mounting a small file system needs root';

/** A file system of its own of that size, gone after the test. */
async function smallDisk(context: TestContext, size: string): Promise<{ space: Workspace; disk: string }> {
  const space = await makeWorkspace();
  const disk = space.file('disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=1777`, 'tmpfs', disk]);
  context.after(() => {
    execFileSync('umount', [disk]);
    return removeWorkspace(space);
  });
  return { space, disk };
}

function fill(disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(bavail * bsize));
}

const crudRun = (out: string) => ['run', 'smoke', '--impl', 'crud-node-async', '--no-report', '--out', out];

test('no room for the result: exit 3, the trials before stay readable', { skip }, async (context) => {
  const { space, disk } = await smallDisk(context, '1m');
  const out = join(disk, 'r.json');
  const running = startPaceline(echoRun(['echo'], out, '--verbose', '--trials', '2'), space);
  await running.line(/^ {2}idle$/, 2);
  fill(disk);
  const { exitCode, stderr } = await running.finished;
  assert.match(stderr, /paceline: no room left to write .*r\.json\nRemedy: free some space/);
  assert.equal(exitCode, 3);
  const { trials, state } = await readResult(out);
  assert.equal(trials.length, 1);
  assert.equal(state, 'running');
  assert.deepEqual(leftovers(running.pid, space), []);
  const report = await paceline(['report', out, '--format', 'text'], space);
  assert.match(report.stdout, /1 of 2/);
});

test('no room for the database: exit 3 with cause and remedy', { skip }, async (context) => {
  const { space, disk } = await smallDisk(context, '16m');
  const env = { ...space.env, TMPDIR: disk };
  const running = startPaceline(crudRun(space.file('r.json')), { env });
  const { exitCode, stderr } = await running.finished;
  assert.match(stderr, /paceline: the embedded PostgreSQL does not start: .*No space left on device/s);
  assert.match(stderr, /Remedy: free at least \d+ GB where temporary files go \(TMPDIR chooses where\)\n$/);
  assert.equal(exitCode, 3);
  assert.deepEqual(leftovers(running.pid, { ...space, tempDir: disk }), []);
});

// With 100 MiB it is the log that finds no room, which takes the server down; with 120 MiB a table.
for (const size of ['100m', '120m']) {
  test(`the disk fills at ${size} while the template is made: exit 3, cause, remedy`, { skip }, async (context) => {
    const { space, disk } = await smallDisk(context, size);
    const env = { ...space.env, TMPDIR: disk };
    const running = startPaceline(crudRun(space.file('r.json')), { env });
    const { exitCode, stderr } = await running.finished;
    assert.match(stderr, /paceline: cannot (prepare|copy) the template database.*No space left on device/s);
    assert.match(stderr, /Remedy: free at least/);
    assert.equal(exitCode, 3);
    assert.deepEqual(leftovers(running.pid, { ...space, tempDir: disk }), []);
  });
}

test('no room to note what is started: exit 3, and nothing is left of it', { skip }, async (context) => {
  const { space, disk } = await smallDisk(context, '1m');
  const own = { ...space, cacheDir: join(disk, 'cache') };
  const env = { ...space.env, PACELINE_CACHE_DIR: own.cacheDir };
  const running = startPaceline(echoRun(['echo'], space.file('r.json'), '--verbose'), { env });
  await running.line(/^ {2}idle$/);
  fill(disk);
  const { exitCode, stderr } = await running.finished;
  assert.match(stderr, /paceline: the disk is full: .*\nRemedy: free some space/);
  assert.equal(exitCode, 3);
  assert.deepEqual(leftovers(running.pid, own), []);
});

test('doctor finds folders that cannot be written, and what to do about them', async (context) => {
  const space = await workspace(context);
  writeFileSync(space.file('file'), '');
  const env = { TMPDIR: space.file('file/tmp'), PACELINE_CACHE_DIR: space.file('file/cache') };
  const { exitCode, stdout } = await paceline(['doctor'], { env });
  assert.match(stdout, /missing {2}disk: cannot write to .*file\/tmp.*\n +Remedy: set TMPDIR/);
  assert.match(stdout, /missing {2}cache: cannot write to .*file\/cache.*\n +Remedy: set PACELINE_CACHE_DIR/);
  assert.equal(exitCode, 3);
  const well = await paceline(['doctor', '--json'], space);
  const findings = JSON.parse(well.stdout) as { subject: string; state: string }[];
  assert.deepEqual(
    findings.filter(({ subject }) => subject === 'cache').map(({ state }) => state),
    ['ok'],
  );
});

const places: Readonly<Record<string, (space: Workspace) => { env?: NodeJS.ProcessEnv; out?: string; says: RegExp }>> =
  {
    'temporary folder': (space) => ({ env: { TMPDIR: space.file('file/tmp') }, says: /file\/tmp.*\n?.*TMPDIR/s }),
    'cache folder': (space) => ({
      env: { PACELINE_CACHE_DIR: space.file('file/cache') },
      says: /file\/cache.*PACELINE_CACHE_DIR/s,
    }),
    'place for the result': (space) => ({
      out: space.file('file/r.json'),
      says: /cannot write .*file\/r\.json.*--out/s,
    }),
    'file for the result (a folder)': (space) => ({ out: space.dir, says: /cannot write .*--out/s }),
  };

for (const [what, place] of Object.entries(places)) {
  test(`a ${what} that cannot be written is reported before anything is measured`, async (context) => {
    const space = await workspace(context);
    writeFileSync(space.file('file'), '');
    const { env, out = space.file('r.json'), says } = place(space);
    const args = what === 'temporary folder' ? crudRun(out) : echoRun(['echo'], out);
    const { exitCode, stderr } = await paceline(args, { env: { ...space.env, ...env } });
    assert.match(stderr, says);
    assert.match(stderr, /\nRemedy: /);
    assert.doesNotMatch(stderr, /\n\s+at |drive/);
    assert.equal(exitCode, 3);
    assert.equal(existsSync(space.file('r.json')), false);
  });
}
