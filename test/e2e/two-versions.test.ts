// test-lane: services
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { paceline, workspace } from '../support/paceline.ts';

const root = resolve(import.meta.dirname, '..', '..');

const services = [
  { example: 'go-httpbin', base: 'v2.23.1', head: 'v2.26.0' },
  { example: 'miniflux', base: 'v2.3.3', head: 'v2.3.5' },
] as const;

for (const { example, base, head } of services) {
  test(`ci compares two versions of ${example}, each in a commit of a user's repository`, async (t) => {
    const own = await workspace(t);
    const dir = own.file('project');
    await mkdir(dir);
    const filter = (path: string) => !path.includes('.paceline');
    await cp(join(root, 'examples', example), dir, { recursive: true, filter });
    const path = join(dir, 'paceline.config.ts');
    const text = (await readFile(path, 'utf8'))
      .replace(/durationSec: \d+/, 'durationSec: 1')
      .replace(/warmupCount: \d+/, 'warmupCount: 40');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: dir });
    git('init', '-q', '-b', 'main');
    await writeFile(path, text.replace(`build: build('${head}')`, `build: build('${base}')`));
    await writeFile(join(dir, '.gitignore'), '.paceline/\n');
    git('add', '-A');
    git('commit', '-q', '-m', base);
    git('checkout', '-q', '-b', 'update');
    await writeFile(path, text);
    git('commit', '-q', '-a', '-m', head);
    const { stdout, stderr, exitCode } = await paceline(['ci', '--impl', 'head', '--pairs', '2', '--no-gate'], {
      cwd: dir,
      env: own.env,
    });
    // Two pairs decide nothing: 3 says so.
    assert.ok(exitCode === 0 || exitCode === 3, stderr);
    assert.match(stdout, new RegExp(`base +[0-9a-f]{10} ${base}`), stderr);
    assert.match(stdout, /CPU per request/);
    assert.equal(git('status', '--short').toString(), '');
  });
}
