// test-lane: services
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packPackage, userEnvironment } from '../support/package.ts';

const packed = packPackage();
after(() => packed.remove());

const env = userEnvironment(join(packed.dir, 'cache'));

const server = `const { createServer } = require('node:http');
createServer((request, response) => response.end('ok')).listen(process.env.PORT, process.env.HOST);
`;

function newProject(name: string): string {
  const dir = join(packed.dir, name);
  mkdirSync(dir);
  writeFileSync(
    join(dir, 'package.json'),
    JSON.stringify({ name, version: '1.0.0', scripts: { v: 'node --version' } }),
  );
  writeFileSync(join(dir, 'server.js'), server);
  return dir;
}

function run(cwd: string, program: string, ...args: string[]) {
  // A registry that stalls fails the test, and not the whole part.
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 180_000 });
  return { status, stdout: stdout ?? '', stderr: stderr ?? '' };
}

const installed = newProject('installed');

test('what is packed is JavaScript with types, and its package.json asks for no Node and no tools of ours', () => {
  const listed = run(packed.dir, 'tar', 'tzf', packed.tarball).stdout.split('\n');
  assert.ok(listed.includes('package/dist/src/cli/main.js'));
  assert.ok(listed.includes('package/dist/src/cli/main.js.map'));
  assert.ok(listed.includes('package/dist/src/config/define-config.d.ts'));
  assert.ok(!listed.some((name) => /^package\/(src|test|impls)\//.test(name)));
  const manifest = JSON.parse(run(packed.dir, 'tar', 'xzOf', packed.tarball, 'package/package.json').stdout);
  assert.equal(manifest.private, undefined);
  assert.equal(manifest.devDependencies, undefined);
  assert.ok(!Object.keys(manifest.optionalDependencies).some((name) => name.startsWith('node-')));
  assert.equal(manifest.dependencies.fastify, undefined);
});

test('the user’s own node stays the one that their scripts get', () => {
  const before = run(installed, 'npm', 'exec', '-c', 'node --version').stdout;
  assert.match(before, /^v\d+/);
  const install = run(installed, 'npm', 'install', '--save-dev', '--no-audit', '--no-fund', packed.tarball);
  assert.equal(install.status, 0, install.stderr);
  assert.equal(run(installed, 'npm', 'exec', '-c', 'node --version').stdout, before);
  assert.equal(run(installed, 'npm', 'run', '-s', 'v').stdout, before);
  assert.ok(!readdirSync(join(installed, 'node_modules', '.bin')).includes('node'));
});

test('three commands lead from a folder with a service to its page', () => {
  const init = run(installed, 'npx', 'paceline', 'init');
  assert.equal(init.status, 0, init.stderr);
  assert.match(init.stderr, /fetching Node 26\.\d+/);
  const measured = run(installed, 'npx', 'paceline', 'run', 'smoke');
  assert.doesNotMatch(measured.stderr, /fetching Node/);
  assert.match(measured.stdout, /installed .* 1 of 1/, measured.stderr);
  assert.equal(measured.status, 0);
  const [page = ''] = readdirSync(join(installed, '.paceline', 'reports'));
  const html = readFileSync(join(installed, '.paceline', 'reports', page), 'utf8');
  assert.match(html, /<!doctype html>/i);
  assert.match(html, /npx paceline run smoke[\s\S]*Where paceline\.config\.ts lies/);
  assert.doesNotMatch(html, /In a checkout of paceline|npm run bench -- (run|report)/);
  const [machine = ''] = readdirSync(join(installed, '.paceline', 'results'));
  const [file = ''] = readdirSync(join(installed, '.paceline', 'results', machine));
  const result = JSON.parse(readFileSync(join(installed, '.paceline', 'results', machine, file), 'utf8'));
  assert.match(result.versions.node, /^26\./);
});

test('what it prints names the command as it is typed there', () => {
  const help = run(installed, 'npx', 'paceline', '--help');
  assert.match(help.stdout, /npx paceline ci/);
  assert.doesNotMatch(help.stdout, /npm run bench/);
});

test('a folder without a config is exit code 2 and names init', () => {
  const empty = join(packed.dir, 'empty');
  mkdirSync(empty);
  const started = run(empty, 'npx', '--yes', '--package', packed.tarball, 'paceline', 'run');
  assert.equal(started.status, 2, started.stderr);
  assert.match(started.stderr, /paceline init/);
  // A slip of the keyboard is named before the config that a scenario would need.
  const mistyped = run(empty, join(installed, 'node_modules', '.bin', 'paceline'), 'rnu');
  assert.equal(mistyped.status, 2, mistyped.stderr);
  assert.match(mistyped.stderr, /unknown command "rnu"[\s\S]*did you mean "run"/);
});

test('it works as npx of the tarball, where its name cannot be resolved, and installed globally', () => {
  const once = newProject('once');
  assert.equal(run(once, 'npx', '--yes', '--package', packed.tarball, 'paceline', 'init').status, 0);
  assert.match(run(once, 'npx', '--yes', '--package', packed.tarball, 'paceline', 'list').stdout, /once\/requests/);
  const prefix = join(packed.dir, 'global');
  const install = run(
    packed.dir,
    'npm',
    'install',
    '--global',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
    packed.tarball,
  );
  assert.equal(install.status, 0, install.stderr);
  assert.match(run(once, join(prefix, 'bin', 'paceline'), 'list').stdout, /once\/requests/);
});

test('a signal to the entry reaches what it started, which cleans up and passes its exit code on', async () => {
  const entry = join(installed, 'node_modules', '.bin', 'paceline');
  const child = spawn(entry, ['run', 'quick'], { cwd: installed, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8');
  for await (const text of child.stderr) {
    said += text;
    if (said.includes('trying each request once')) break;
  }
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  assert.equal((await ended)[0], 143);
  assert.ok(existsSync(join(packed.dir, 'cache')));
});

const managers = [
  { name: 'pnpm', program: 'pnpm@10.20.0', add: ['add', '--save-dev', '--store-dir', join(packed.dir, 'pnpm-store')] },
  { name: 'yarn', program: 'yarn@1.22.22', add: ['add', '--dev', '--cache-folder', join(packed.dir, 'yarn-cache')] },
] as const;

for (const { name, program, add } of managers) {
  test(`it installs by ${name}, beside its lock file, and the user’s node stays theirs`, () => {
    const dir = newProject(`by-${name}`);
    const by = (...args: string[]) => run(dir, 'npx', '--yes', program, ...args);
    const version = () => by('--silent', 'run', 'v').stdout.trim();
    const before = version();
    assert.match(before, /^v\d+/);
    const source = name === 'yarn' ? `file:${packed.tarball}` : packed.tarball;
    const install = by(...add, source);
    assert.equal(install.status, 0, install.stderr + install.stdout);
    assert.ok(existsSync(join(dir, name === 'yarn' ? 'yarn.lock' : 'pnpm-lock.yaml')));
    assert.equal(version(), before);
    assert.ok(!readdirSync(join(dir, 'node_modules', '.bin')).includes('node'));
    const init = by('exec', 'paceline', 'init');
    assert.equal(init.status, 0, init.stderr);
    assert.match(by('exec', 'paceline', 'list').stdout, new RegExp(`by-${name}/requests`));
  });
}

test('under yarn’s Plug’n’Play it says what to do, and with that done it works', () => {
  const dir = newProject('by-plug-n-play');
  const linker = (name: string) =>
    writeFileSync(join(dir, '.yarnrc.yml'), `nodeLinker: ${name}\nenableTelemetry: false\nglobalFolder: ../berry\n`);
  const yarn = (...args: string[]) => run(dir, 'npx', '--yes', '@yarnpkg/cli-dist@4.18.1', ...args);
  writeFileSync(join(dir, 'yarn.lock'), '');
  linker('pnp');
  const install = yarn('add', '--dev', `paceline@file:${packed.tarball}`);
  assert.equal(install.status, 0, install.stderr + install.stdout);
  const refused = yarn('exec', 'paceline', 'init');
  assert.equal(refused.status, 3, refused.stderr);
  assert.match(refused.stderr, /Plug'n'Play[\s\S]*Remedy: write `nodeLinker: node-modules`/);
  linker('node-modules');
  assert.equal(yarn('install').status, 0);
  const init = yarn('exec', 'paceline', 'init');
  assert.equal(init.status, 0, init.stderr + init.stdout);
  assert.match(init.stdout, /wrote paceline\.config\.mts/);
});
