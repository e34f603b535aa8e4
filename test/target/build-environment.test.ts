// test-lane: waits
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildEnvironment, environmentText } from '../../src/target/build-environment.ts';
import { paceline, workspace, writeImplementation } from '../support/paceline.ts';

const hostile = {
  ...{
    GOFLAGS: '-gcflags=all=-N',
    GOOS: 'windows',
    CGO_CFLAGS: '-O0',
    GOTOOLCHAIN: 'go1.99.0',
    NODE_OPTIONS: '--no-opt',
  },
  ...{ PYTHONPATH: '/x', PYTHONOPTIMIZE: '2', PIP_TARGET: '/x', UV_PYTHON: '3.9', RUSTFLAGS: '-C opt-level=0' },
  ...{
    CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
    JAVA_TOOL_OPTIONS: '-Xint',
    MAVEN_OPTS: '-X',
    CFLAGS: '-O0',
    NODE_ENV: 'x',
  },
};

test('nothing that changes a build is let through, and that is said', () => {
  const { env, letThrough, ignored } = buildEnvironment({ PATH: '/bin', ...hostile });
  for (const name of Object.keys(hostile)) assert.ok(!(name in env), name);
  assert.deepEqual(letThrough, {});
  for (const name of ['GOFLAGS', 'GOOS', 'PYTHONPATH', 'RUSTFLAGS', 'JAVA_TOOL_OPTIONS', 'NODE_OPTIONS'])
    assert.ok(ignored.includes(name), name);
});

test('how packages are reached is let through, part of the key, and shown without its passwords', () => {
  const user = {
    GOPROXY: 'https://me:secret@proxy.example',
    HTTPS_PROXY: 'http://p:1',
    NPM_TOKEN: 'secret',
    HOME: '/h',
  };
  const declared = buildEnvironment(user);
  assert.deepEqual(declared.letThrough, {
    GOPROXY: user.GOPROXY,
    HTTPS_PROXY: user.HTTPS_PROXY,
    NPM_TOKEN: user.NPM_TOKEN,
  });
  assert.equal(declared.env.HOME, '/h');
  assert.equal(
    environmentText(declared),
    'builds with GOPROXY=https://…@proxy.example, HTTPS_PROXY=http://p:1, NPM_TOKEN=…',
  );
});

test('a build sees the declared environment alone, and the next shell’s is the same build', async (context) => {
  const space = await workspace(context);
  const build = [['sh', '-c', 'env > "$1/env.txt" # go', 'sh', '{build}']];
  const impls = await writeImplementation(space.file('impls'), 'echo-env', { build });
  const conform = (env: NodeJS.ProcessEnv) =>
    paceline(['conform', 'echo-env', '--impls', impls], { env: { ...space.env, ...env } });
  // This one would change the harness itself.
  const { NODE_OPTIONS: _, ...shell } = hostile;
  const first = await conform(shell);
  assert.match(first.stderr, /echo-env: .*builds without your .*GOFLAGS, GOOS/);
  const [built = '', ...others] = await readdir(join(space.cacheDir, 'builds'));
  const seen = await readFile(join(space.cacheDir, 'builds', built, 'env.txt'), 'utf8');
  assert.doesNotMatch(seen, /^(GOFLAGS|GOOS|NODE_OPTIONS|PYTHONPATH|npm_)/m);
  assert.match(seen, /^GOENV=off$/m);
  await conform({});
  assert.deepEqual(others, []);
  assert.deepEqual(await readdir(join(space.cacheDir, 'builds')), [built]);
  await conform({ GOPROXY: 'https://proxy.example' });
  assert.equal((await readdir(join(space.cacheDir, 'builds'))).length, 2);
});

const goMain = `package main

import ("net/http"; "os"; "os/signal"; "syscall")

func main() {
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) })
	http.HandleFunc("/echo", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) })
	go http.ListenAndServe(os.Getenv("HOST")+":"+os.Getenv("PORT"), nil)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
}
`;
const hasGo = spawnSync('go', ['version']).status === 0;

test('a Go program is the same from every shell', { skip: hasGo ? false : 'no Go' }, async (context) => {
  const space = await workspace(context);
  const impls = space.file('impls');
  const build = [['go', 'build', '-trimpath', '-buildvcs=false', '-o', '{build}/server', '.']];
  await mkdir(join(impls, 'echo-go'), { recursive: true });
  await writeFile(join(impls, 'echo-go', 'go.mod'), 'module echo\n\ngo 1.25\n');
  await writeFile(join(impls, 'echo-go', 'main.go'), goMain);
  await writeImplementation(impls, 'echo-go', { build, command: ['{build}/server'] });
  const env = { ...space.env, GOFLAGS: '-gcflags=all=-N', GOOS: 'windows', GOARCH: 'arm64' };
  const { stderr } = await paceline(['conform', 'echo-go', '--impls', impls], { env });
  const [built = ''] = await readdir(join(space.cacheDir, 'builds'));
  const server = join(space.cacheDir, 'builds', built, 'server');
  const settings = execFileSync('go', ['version', '-m', server], { encoding: 'utf8' });
  assert.match(settings, /GOOS=linux/, stderr);
  assert.doesNotMatch(settings, /-gcflags/);
});
