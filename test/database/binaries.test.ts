// test-lane: waits
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { execa } from 'execa';
import { findAccount, installBinaries, runAs } from '../../src/database/binaries.ts';

let cacheDir: string;

beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'binaries-'));
});
afterEach(() => rmSync(cacheDir, { recursive: true }));

const isRoot = process.getuid?.() === 0;

test('two harnesses that install at once both get programs that run, and leave one copy', async () => {
  const account = await findAccount();
  // What a cache of ours looks like; mkdtemp's 0700 would send root elsewhere.
  await execa('chmod', ['755', cacheDir]);
  const [one, other] = await Promise.all([installBinaries(cacheDir, account), installBinaries(cacheDir, account)]);
  assert.deepEqual(one, other);
  assert.equal(readdirSync(cacheDir).length, 1);
  const { stdout } = await execa(one.postgres, ['--version'], { ...runAs(account), cwd: '/' });
  assert.match(stdout, /PostgreSQL\) 18/);
});

test('the links that the package leaves to its install script are there and lead to files', async () => {
  await execa('chmod', ['755', cacheDir]);
  const { postgres } = await installBinaries(cacheDir, await findAccount());
  const libraries = join(dirname(dirname(postgres)), 'lib');
  const links = readdirSync(libraries)
    .map((name) => join(libraries, name))
    .filter((path) => lstatSync(path).isSymbolicLink());
  assert.ok(links.length > 0);
  for (const link of links) assert.ok(statSync(link).isFile(), link);
});

test('root’s programs go where the database’s user can read them', { skip: isRoot ? false : 'not root' }, async () => {
  const closed = join(cacheDir, 'home');
  mkdirSync(closed, { mode: 0o700 });
  const account = await findAccount();
  const { postgres } = await installBinaries(join(closed, 'cache'), account);
  assert.equal(postgres.startsWith(closed), false);
  const { exitCode } = await execa(postgres, ['--version'], { ...runAs(account), cwd: '/' });
  assert.equal(exitCode, 0);
});
