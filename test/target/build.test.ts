// test-lane: waits
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { HarnessError } from '../../src/model/harness-error.ts';
import { livingMembers } from '../../src/os/child-process.ts';
import { BuildFailure, type BuildOptions, type BuildResult, buildImplementation } from '../../src/target/build.ts';
import type { LocatedImplementation } from '../../src/target/manifest.ts';

/** Each build adds a letter to a file beside the cache, so that builds can be counted. */
const countingBuild = [
  'sh',
  '-c',
  'printf x >> "$1" && sleep 0.2 && cp source.txt "$2/built.txt"',
  'sh',
  '{dir}/../count',
  '{build}',
];

describe('the build cache', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'paceline-build-'));
    await mkdir(path.join(root, 'alpha'));
    await writeFile(path.join(root, 'alpha/source.txt'), 'one');
  });
  afterEach(() => rm(root, { recursive: true }));

  function options(build: string[][] = [countingBuild], versions: Record<string, string> = { sh: '1' }): BuildOptions {
    const located: LocatedImplementation = {
      dir: path.join(root, 'alpha'),
      runtimes: {},
      implementation: {
        id: 'alpha',
        service: 'echo',
        language: 'sh',
        runtime: { name: 'sh', versionCommand: ['sh'] },
        model: 'one',
        requires: [],
        sources: ['alpha/**'],
        build,
        command: ['sh'],
        programs: {},
        env: {},
        limits: {},
        description: 'one',
      },
    };
    const toolchain = { placeholders: {}, versions };
    const signal = new AbortController().signal;
    const trackProcessGroup = () => () => {};
    const cacheDir = path.join(root, 'cache');
    return { located, rootDir: root, cacheDir, toolchain, onProgress: () => {}, trackProcessGroup, signal };
  }
  const buildCount = async () => (await readFile(path.join(root, 'count'), 'utf8')).length;

  test('a second build of the same sources is the first', async () => {
    const first = await buildImplementation(options());
    const second = await buildImplementation(options());
    assert.deepEqual([first.cached, second.cached], [false, true]);
    assert.equal(first.dir, second.dir);
    assert.equal(await readFile(path.join(first.dir, 'built.txt'), 'utf8'), 'one');
    assert.equal(await buildCount(), 1);
  });

  test('a changed source, a mode, a build command and a toolchain each make another build', async () => {
    const hashes = new Set<string>();
    const build = async (changed: BuildOptions) => hashes.add((await buildImplementation(changed)).hash);
    await build(options());
    await build(options([countingBuild], { sh: '2' }));
    await build(options([countingBuild, ['true']]));
    await writeFile(path.join(root, 'alpha/source.txt'), 'two');
    await build(options());
    await chmod(path.join(root, 'alpha/source.txt'), 0o755);
    await build(options());
    assert.equal(hashes.size, 5);
  });

  const withCheck = (check: string, build = countingBuild): BuildOptions => {
    const own = options([build]);
    const implementation = { ...own.located.implementation, buildCheck: ['sh', '-c', check, 'sh', '{build}'] };
    return { ...own, located: { ...own.located, implementation } };
  };

  test('a build that reaches its program is kept; one that does not any more is made again', async () => {
    const checked = withCheck('test -e "$1/built.txt"');
    const first = await buildImplementation(checked);
    assert.equal((await buildImplementation(checked)).cached, true);
    await rm(path.join(first.dir, 'built.txt'));
    const again = await buildImplementation(checked);
    assert.deepEqual([again.cached, again.unreached], [false, null]);
    assert.equal(await buildCount(), 2);
  });

  test('a build that never reaches its program says why', async () => {
    const { unreached, cached } = await buildImplementation(withCheck('echo "not for this user"; exit 1'));
    assert.deepEqual([unreached, cached], ['not for this user', false]);
  });

  const otherUser = 65_534;
  const canSwitch = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;

  test('another user’s compile cache is no cache: the build is made for each, also where the checkout is not theirs', {
    skip: canSwitch ? false : 'needs root and setpriv',
  }, async () => {
    const here = path.join(import.meta.dirname, '..', '..', 'impls', '_node', 'program');
    await writeFile(path.join(root, 'alpha/main.ts'), 'const answer: number = 42; export { answer };');
    const own = options([
      ['sh', '-c', 'mkdir -p "$1" && NODE_COMPILE_CACHE="$1" "$2" main.ts', 'sh', '{build}/cache', '{node}'],
    ]);
    const implementation = {
      ...own.located.implementation,
      buildInCheckout: true,
      buildCheck: ['{node}', path.join(here, 'check-compile-cache.ts'), 'main.ts'],
      env: { NODE_COMPILE_CACHE: '{build}/cache' },
    };
    const given = {
      located: { ...own.located, implementation },
      rootDir: root,
      toolchain: { placeholders: { node: process.execPath }, versions: {} },
    };
    const script = `
      const { buildImplementation } = await import(${JSON.stringify(path.join(import.meta.dirname, '..', '..', 'src', 'target', 'build.ts'))});
      const given = ${JSON.stringify(given)};
      const signal = new AbortController().signal;
      const own = { cacheDir: process.argv[1], onProgress() {}, trackProcessGroup: () => () => {}, signal };
      console.log(JSON.stringify(await buildImplementation({ ...given, ...own })));`;
    await chmod(root, 0o755);
    const built = async (uid: number) => {
      const cacheDir = path.join(root, `cache-${uid}`);
      await mkdir(cacheDir);
      await chown(cacheDir, uid, uid);
      const user = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
      const { stdout, stderr } = spawnSync(
        'setpriv',
        [...user, process.execPath, '--input-type=module', '-e', script, cacheDir],
        { encoding: 'utf8' },
      );
      assert.notEqual(stdout, '', stderr);
      return JSON.parse(stdout) as BuildResult;
    };
    const [first, second] = [await built(0), await built(otherUser)];
    assert.deepEqual([first.unreached, second.unreached], [null, null]);
    assert.notEqual(first.hash, second.hash);
    assert.ok(second.dir.startsWith(path.join(root, `cache-${otherUser}`)), second.dir);
  });

  test('what tools leave beside the sources changes nothing', async () => {
    const before = await buildImplementation(options());
    await mkdir(path.join(root, 'alpha/__pycache__'));
    await writeFile(path.join(root, 'alpha/__pycache__/x.pyc'), 'x');
    assert.equal((await buildImplementation(options())).hash, before.hash);
  });

  test('a build that holds for one path only lies in its checkout, and is made anew where that was moved', async () => {
    const asked = options();
    const implementation = { ...asked.located.implementation, buildInCheckout: true };
    const bound = { ...asked, located: { ...asked.located, implementation } };
    const first = await buildImplementation(bound);
    assert.equal(path.dirname(first.dir), path.join(root, '.cache/builds'));
    assert.equal((await buildImplementation(bound)).cached, true);
    const moved = `${root}-moved`;
    await cp(root, moved, { recursive: true });
    const located = { dir: path.join(moved, 'alpha'), implementation, runtimes: {} };
    const second = await buildImplementation({ ...bound, located, rootDir: moved });
    await rm(moved, { recursive: true });
    assert.deepEqual([second.cached, second.hash], [false, first.hash]);
  });

  test('two builds at once are one', async () => {
    const results = await Promise.all([buildImplementation(options()), buildImplementation(options())]);
    assert.deepEqual(results.map(({ cached }) => cached).sort(), [false, true]);
    assert.equal(await buildCount(), 1);
  });

  test('the lock of a harness that died does not hold for ever', async () => {
    const { dir } = await buildImplementation(options());
    await rm(dir, { recursive: true });
    await writeFile(`${dir}.lock`, '1\n');
    await utimes(`${dir}.lock`, 0, 0);
    assert.equal((await buildImplementation(options())).cached, false);
  });

  test('a failed build reports the end of the tool’s own output and is tried anew', async () => {
    const failing = options([['sh', '-c', 'echo "source.txt:3: no such verb"; exit 7']]);
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await buildImplementation(failing).then(
        () => null,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof BuildFailure);
      assert.equal(error.code, 'build-failed');
      assert.match(error.message, /exit code 7/);
      assert.match(error.logTail, /source\.txt:3: no such verb/);
    }
  });

  test('a build tool that is not there is a failed build', async () => {
    const error = await buildImplementation(options([['no-such-program-at-all']])).catch((reason: unknown) => reason);
    assert.ok(error instanceof HarnessError);
    assert.match(error.message, /no-such-program-at-all/);
  });

  test('an aborted build throws the reason and leaves no complete build', async () => {
    const controller = new AbortController();
    const slow = { ...options([['sleep', '20']]), signal: controller.signal };
    setTimeout(() => controller.abort(new Error('interrupted')), 100);
    await assert.rejects(buildImplementation(slow), /interrupted/);
    assert.equal((await buildImplementation(options())).cached, false);
  });

  test('an aborted build ends what its tool has started, heard or not, and takes the note back', async () => {
    const controller = new AbortController();
    const noted: string[] = [];
    const stubborn = ['sh', '-c', 'trap "" INT; echo $$ > "$1"; sleep 20; true', 'sh', '{build}/pid'];
    const slow = {
      ...options([stubborn]),
      signal: controller.signal,
      trackProcessGroup: (pid: number) => {
        noted.push(`${pid} noted`);
        return () => noted.push(`${pid} released`);
      },
    };
    setTimeout(() => controller.abort(new Error('interrupted')), 300);
    await assert.rejects(buildImplementation(slow), /interrupted/);
    const pid = Number(noted[0]?.split(' ')[0]);
    assert.deepEqual(noted, [`${pid} noted`, `${pid} released`]);
    assert.deepEqual(await livingMembers(pid), []);
  });

  test('a glob that matches nothing is named', async () => {
    const base = options();
    const implementation = { ...base.located.implementation, sources: ['alpha/**', 'beta/**'] };
    const changed = { ...base, located: { ...base.located, implementation } };
    await assert.rejects(buildImplementation(changed), /"beta\/\*\*" matches no file/);
  });
});
