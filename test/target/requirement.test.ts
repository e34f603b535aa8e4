// test-lane: waits
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Implementation } from '../../src/model/implementation.ts';
import type { LocatedImplementation } from '../../src/target/manifest.ts';
import { compareVersions, parseVersion, type QueryProgram } from '../../src/target/program-version.ts';
import { scanRuntimes } from '../../src/target/runtimes.ts';
import { checkToolchain } from '../../src/target/toolchain.ts';

const goVersion = ['go', 'version'];
const implementation: Implementation = {
  id: 'alpha',
  service: 'echo',
  language: 'go',
  runtime: { name: 'go', versionCommand: goVersion },
  model: 'goroutines',
  requires: [{ program: 'go', atLeast: '1.25', versionCommand: goVersion, remedy: 'install Go 1.25 or newer' }],
  sources: ['**'],
  build: [],
  command: ['{build}/server'],
  programs: {},
  env: {},
  limits: {},
  description: 'one',
};

const nowhere = '/nowhere/paceline-cache';
const { byName } = await scanRuntimes([]);

function located(implementation: Implementation, ...names: readonly string[]): LocatedImplementation {
  const runtimes = Object.fromEntries(
    names.map((name) => {
      const runtime = byName.get(name);
      assert.ok(runtime, name);
      return [name, runtime];
    }),
  );
  return { implementation, dir: '/nowhere', runtimes };
}

function check(implementation: Implementation, ask?: QueryProgram, ...names: readonly string[]) {
  return checkToolchain(located(implementation, ...names), { cacheDir: nowhere, env: {}, ...(ask ? { ask } : {}) });
}

function answering(outputs: Record<string, string>): QueryProgram {
  return async ([program = '']) => {
    const output = outputs[program];
    return output === undefined ? { status: 'not-found' } : { status: 'answered', output };
  };
}

describe('requirements', () => {
  test('a program that is not there is a reason and a remedy, not an error', async () => {
    assert.deepEqual(await check(implementation, answering({})), {
      status: 'missing',
      reason: 'go not on PATH (needs ≥ 1.25)',
      remedy: 'install Go 1.25 or newer',
    });
  });

  test('a program that is too old is named with its version', async () => {
    const availability = await check(implementation, answering({ go: 'go version go1.9.7 linux/amd64\n' }));
    assert.equal(availability.status === 'missing' && availability.reason, 'go on PATH is 1.9.7 (needs ≥ 1.25)');
  });

  test('a new enough program is available with the first line of its version', async () => {
    const ask = answering({ go: 'go version go1.26.8 linux/amd64\nmore' });
    const availability = await check(implementation, ask);
    assert.equal(availability.status === 'available' && availability.runtimeVersion, 'go version go1.26.8 linux/amd64');
  });

  test('a program without a version in its output is not taken for new enough', async () => {
    const availability = await check(implementation, answering({ go: 'hello' }));
    assert.equal(
      availability.status === 'missing' && availability.reason,
      'go does not print its version (needs ≥ 1.25)',
    );
  });

  test('{python} stands for the first interpreter that is new enough, by its real path', async () => {
    const python = { ...implementation, requires: [], command: ['{python}', 'main.py'] };
    const ask = answering({
      go: '1',
      python3: '/old/python3 3.9.2\n',
      'python3.12': '/opt/my python/bin/python3.12 3.12.1\n',
    });
    const availability = await check(python, ask, 'python');
    assert.equal(availability.status, 'available');
    assert.equal(
      availability.status === 'available' && availability.toolchain.placeholders.python,
      '/opt/my python/bin/python3.12',
    );
  });

  test('{python} without a new enough interpreter is missing', async () => {
    const python = { ...implementation, requires: [], command: ['{python}', 'main.py'] };
    const availability = await check(python, answering({ python3: '/old/python3 3.10.2\n' }), 'python');
    assert.equal(
      availability.status === 'missing' && availability.reason,
      'python3 is Python 3.10.2 (needs Python ≥ 3.11)',
    );
  });

  test('this very Node is found by really asking it', async () => {
    const node = {
      ...implementation,
      requires: [],
      runtime: { name: 'node', versionCommand: ['{node}', '--version'] },
    };
    const availability = await check(node);
    assert.equal(availability.status === 'available' && availability.runtimeVersion, process.version);
  });

  test('versions compare number by number', () => {
    assert.ok(compareVersions('1.9', '1.25') < 0);
    assert.equal(compareVersions('1.25', '1.25.0'), 0);
    assert.ok(compareVersions('2', '1.99.99') > 0);
  });

  test('the version is found inside a sentence', () => {
    assert.equal(parseVersion('gunicorn (version 27.0.1)'), '27.0.1');
    assert.equal(parseVersion('v26'), '26');
    assert.equal(parseVersion('none'), null);
  });
});
