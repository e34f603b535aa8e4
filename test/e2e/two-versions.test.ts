// test-lane: services
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { suite, test } from 'node:test';
import { paceline, workspace } from '../support/paceline.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** What differs between the commits: a text of one file, for the base and for the head as the example has it. */
const services = [
  {
    example: 'go-httpbin',
    impl: 'head',
    file: 'paceline.config.ts',
    base: "build: build('v2.23.1')",
    head: "build: build('v2.26.0')",
  },
  {
    example: 'miniflux',
    impl: 'head',
    file: 'paceline.config.ts',
    base: "build: build('v2.3.3')",
    head: "build: build('v2.3.5')",
  },
  {
    example: 'httpbin',
    impl: 'workers-1',
    file: 'requirements.txt',
    base: 'gunicorn==22.0.0',
    head: 'gunicorn==23.0.0',
  },
  {
    example: 'json-server',
    impl: 'json-server',
    file: 'paceline.config.json',
    base: 'json-server@1.0.0-beta.3',
    head: 'json-server@1.0.0-beta.15',
  },
] as const;

/** What is looked at needs no long load. */
async function shorten(dir: string): Promise<void> {
  const name = (await readdir(dir)).find((one) => one.startsWith('paceline.config.')) ?? '';
  const text = await readFile(join(dir, name), 'utf8');
  const short = text
    .replace(/durationSec("?): \d+/, 'durationSec$1: 1')
    .replace(/warmupCount("?): \d+/, 'warmupCount$1: 40');
  await writeFile(join(dir, name), short);
}

// Each mostly waits: for a registry, and for a load that is light.
suite('two versions', { concurrency: 2 }, () => {
  for (const { example, impl, file, base, head } of services) {
    test(`ci compares two versions of ${example}, each in a commit of a user's repository`, async (t) => {
      const own = await workspace(t);
      const dir = own.file('project');
      await mkdir(dir);
      const filter = (path: string) => !path.includes('.paceline');
      await cp(join(root, 'examples', example), dir, { recursive: true, filter });
      await shorten(dir);
      const path = join(dir, file);
      const text = await readFile(path, 'utf8');
      assert.ok(text.includes(head));
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: dir });
      git('init', '-q', '-b', 'main');
      await writeFile(path, text.replace(head, base));
      await writeFile(join(dir, '.gitignore'), '.paceline/\n');
      git('add', '-A');
      git('commit', '-q', '-m', base);
      git('checkout', '-q', '-b', 'update');
      await writeFile(path, text);
      git('commit', '-q', '-a', '-m', head);
      const { stdout, stderr, exitCode } = await paceline(['ci', '--impl', impl, '--pairs', '2', '--no-gate'], {
        cwd: dir,
        env: own.env,
      });
      // Two pairs decide nothing: 3 says so.
      assert.ok(exitCode === 0 || exitCode === 3, stderr);
      assert.match(stdout, new RegExp(`base +[0-9a-f]{10} ${RegExp.escape(base)}`), stderr);
      assert.match(stdout, /CPU per request/);
      assert.equal(git('status', '--short').toString(), '');
    });
  }
});
