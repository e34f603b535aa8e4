// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { lineWidth, wantsColor } from '../../src/cli/context.ts';
import { guarded } from '../../src/cli/output.ts';
import { normaliseEnvironment } from '../../src/os/environment.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { cacheDir } from '../../src/run/paths.ts';
import { paceline, workspace } from '../support/paceline.ts';

const root = join(import.meta.dirname, '..', '..');
const resultsDir = join(root, 'test', 'fixtures', 'results');
const usual = join(homedir(), '.cache', 'paceline');

describe('variables that are set and say nothing', () => {
  const unset: readonly NodeJS.ProcessEnv[] = [
    {},
    { PACELINE_CACHE_DIR: '' },
    { XDG_CACHE_HOME: '' },
    { XDG_CACHE_HOME: 'relative' },
    { XDG_CACHE_HOME: './' },
    { PACELINE_CACHE_DIR: ' ', XDG_CACHE_HOME: 'a/b' },
  ];
  for (const env of unset) {
    test(`the cache is where it always is with ${JSON.stringify(env)}`, () => assert.equal(cacheDir(env), usual));
  }

  test('a cache folder for each place that a command is typed in is refused', () => {
    assert.throws(() => cacheDir({ PACELINE_CACHE_DIR: 'cache' }), /PACELINE_CACHE_DIR is relative: "cache"/);
    assert.equal(cacheDir({ XDG_CACHE_HOME: '/x' }), '/x/paceline');
  });

  test('empty is unset, and a temporary folder of each process’s own is none', () => {
    const env = {
      ...{
        TMPDIR: 'tmp',
        TMP: '',
        TEMP: '/temp',
        DATABASE_URL: ' ',
        HOME: '',
        PACELINE_CACHE_DIR: '',
        PGSSL: 'require',
      },
      ...{ XDG_CACHE_HOME: '', NO_COLOR: '', INIT_CWD: '', PGPASSWORD: 'secret', OTHER: '' },
    };
    assert.deepEqual(normaliseEnvironment(env), ['TMPDIR is ignored: "tmp" is no absolute path']);
    assert.deepEqual(env, { TEMP: '/temp', PGPASSWORD: 'secret', OTHER: '' });
  });

  test('a command run so writes nothing where it was typed', async (context) => {
    const space = await workspace(context);
    const here = space.file('here');
    await mkdir(here);
    const own = { PACELINE_CACHE_DIR: '', XDG_CACHE_HOME: 'cache', TMPDIR: 'tmp', HOME: space.dir, DATABASE_URL: '' };
    const { stdout, stderr } = await paceline(['doctor'], { env: own, cwd: here });
    assert.match(stderr, /paceline: TMPDIR is ignored: "tmp" is no absolute path/);
    assert.ok(stdout.includes(`are kept in ${space.dir}/.cache/paceline`), stdout);
    assert.match(stdout, / free in \/tmp/);
    assert.match(stdout, /the embedded PostgreSQL/);
    assert.deepEqual(await readdir(here), []);
    const refused = await paceline(['doctor'], { env: { PACELINE_CACHE_DIR: 'cache' }, cwd: here });
    assert.equal(refused.exitCode, 2, refused.stderr);
    assert.deepEqual(await readdir(here), []);
  });
});

test('`npm run` from elsewhere reads and writes where it was called', async (context) => {
  const space = await workspace(context);
  const [name = ''] = (await readdir(resultsDir)).filter((file) => file.endsWith('.json'));
  await copyFile(join(resultsDir, name), space.file('mine.json'));
  const args = ['--prefix', root, 'run', '--silent', 'bench', '--', 'report', 'mine.json', '--out', 'page.html'];
  const stdout = execFileSync('npm', args, { cwd: space.dir, encoding: 'utf8', env: { ...process.env, ...space.env } });
  assert.match(stdout, /page\.html/);
  assert.match(await readFile(space.file('page.html'), 'utf8'), /<!doctype html>/i);
});

test('a result file that begins with a byte order mark is read', async (context) => {
  const space = await workspace(context);
  const [name = ''] = (await readdir(resultsDir)).filter((file) => file.endsWith('.json'));
  await writeFile(space.file('bom.json'), `\uFEFF${await readFile(join(resultsDir, name), 'utf8')}`);
  const { exitCode, stderr } = await paceline(['report', space.file('bom.json'), '--format', 'text'], space);
  assert.equal(exitCode, 0, stderr);
});

test('seconds are asked for by name', async () => {
  for (const args of [
    ['run', '--duration', '10s'],
    ['load', 'http://127.0.0.1:1/', '--timeout', '1m'],
  ]) {
    const { exitCode, stderr } = await paceline(args);
    assert.equal(exitCode, 2);
    assert.match(stderr, /It must be a number of seconds above 0, without a unit, as 10\./);
  }
});

const output = (isTTY: boolean, columns?: number) => ({
  isTTY,
  ...(columns ? { columns } : {}),
  write: () => true,
  writeControl: () => true,
});
const inTerminal = (env: NodeJS.ProcessEnv, isTTY = true, columns?: number) => ({
  ...{ signal: new AbortController().signal, env, exitCode: 0 },
  ...{ folders: checkoutProject, loadProject: async () => checkoutProject },
  ...{ stdout: guarded(output(isTTY, columns)), stderr: guarded(output(isTTY)) },
});

test('colours are as FORCE_COLOR says, else as the terminal and NO_COLOR do', () => {
  assert.equal(wantsColor(inTerminal({ FORCE_COLOR: '1' }, false)), true);
  assert.equal(wantsColor(inTerminal({ FORCE_COLOR: '1', NO_COLOR: '1' })), true);
  assert.equal(wantsColor(inTerminal({ FORCE_COLOR: '0' })), false);
  assert.equal(wantsColor(inTerminal({ FORCE_COLOR: '' }, false)), false);
  assert.equal(wantsColor(inTerminal({ NO_COLOR: '1' })), false);
  assert.equal(wantsColor(inTerminal({})), true);
});

test('a terminal of forty columns has lines of forty', () => {
  assert.equal(lineWidth(inTerminal({}, true, 40)), 40);
  assert.equal(lineWidth(inTerminal({}, true)), 100);
});
