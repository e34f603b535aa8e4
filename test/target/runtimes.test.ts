import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { QueryProgram } from '../../src/target/program-version.ts';
import { findRuntime, type Runtime, scanRuntimes } from '../../src/target/runtimes.ts';

const { byName, problems } = await scanRuntimes([]);

function row(name: string): Runtime {
  const runtime = byName.get(name);
  assert.ok(runtime, `no row ${name}`);
  return runtime;
}

/** By program: what it prints; "failed: …" for one that ends with an error. */
function machine(outputs: Record<string, string>): QueryProgram {
  return async ([program = '']) => {
    const output = outputs[program];
    if (output === undefined) return { status: 'not-found' };
    return output.startsWith('failed: ')
      ? { status: 'failed', output: output.slice(8) }
      : { status: 'answered', output };
  };
}

function find(name: string, outputs: Record<string, string>, env: NodeJS.ProcessEnv = {}) {
  return findRuntime(row(name), { cacheDir: '/nowhere/paceline', env, ask: machine(outputs) });
}

const properties = (home: string, version: string) =>
  `Property settings:\n    java.home = ${home}\n    java.version = ${version}\n`;

describe('the finder table', () => {
  test('has a row for every runtime that a folder of impls/ brings, and none is broken', () => {
    assert.deepEqual(problems, []);
    for (const name of ['bun', 'deno', 'java', 'javac', 'cargo', 'python', 'node-22', 'node-26'])
      assert.ok(byName.has(name), name);
  });

  test('a shim on PATH is asked which program it starts, and that one is used', async () => {
    const found = await find('bun', { bun: '/home/me/.bun/bin/bun 1.4.5\n' });
    assert.deepEqual(found, { status: 'found', program: '/home/me/.bun/bin/bun', version: '1.4.5' });
  });

  test('a shim that starts nothing is no runtime, and what it said is the reason', async () => {
    const found = await find('bun', { bun: 'failed: mise: no version of bun is set\n' });
    assert.deepEqual(found, {
      status: 'missing',
      reason: 'bun does not print its version: mise: no version of bun is set (needs Bun ≥ 1.4)',
    });
  });

  test('a program for another architecture is no runtime', async () => {
    const found = await find('deno', { deno: 'failed: spawn deno ENOEXEC' });
    assert.match(found.status === 'missing' ? found.reason : '', /ENOEXEC \(needs Deno ≥ 2\.9\)$/);
  });

  test('one that is too old is named with its version', async () => {
    const found = await find('bun', { bun: '/usr/bin/bun 1.3.9\n' });
    assert.equal(found.status === 'missing' && found.reason, 'bun is Bun 1.3.9 (needs Bun ≥ 1.4)');
  });

  test('where none answers the reason says so', async () => {
    const found = await find('deno', {});
    assert.equal(found.status === 'missing' && found.reason, 'no Deno here (needs Deno ≥ 2.9)');
  });

  test('Java is the first that is new enough: JAVA_HOME before PATH', async () => {
    const outputs = {
      '/opt/jdk-17/bin/java': properties('/opt/jdk-17', '17.0.15'),
      java: properties('/usr/lib/jvm/25', '25.0.1'),
    };
    const found = await find('java', outputs, { JAVA_HOME: '/opt/jdk-17' });
    assert.deepEqual(found, { status: 'found', program: '/usr/lib/jvm/25/bin/java', version: '25.0.1' });
  });

  test('an empty JAVA_HOME is none', async () => {
    const found = await find('java', { '/bin/java': properties('/', '25') }, { JAVA_HOME: '' });
    assert.equal(found.status === 'missing' && /no Java here/.test(found.reason), true, JSON.stringify(found));
  });

  test('a JRE has no compiler', async () => {
    const found = await find('javac', { java: properties('/usr/lib/jvm/25', '25') });
    assert.match(found.status === 'missing' ? found.reason : '', /^no Java compiler here/);
  });
});
