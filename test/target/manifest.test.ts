import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { HarnessError } from '../../src/model/harness-error.ts';
import { scanImplementations } from '../../src/target/manifest.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/impls');
const good = {
  id: 'alpha',
  service: 'echo',
  language: 'go',
  runtime: { name: 'go', versionCommand: ['go', 'version'] },
  model: 'goroutines',
  requires: [],
  sources: ['alpha/**'],
  build: [['go', 'build', '-o', '{build}/server', '{dir}']],
  command: ['{build}/server'],
  env: {},
  limits: {},
  description: 'one',
};

describe('the manifest scan', () => {
  let root = '';
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'paceline-manifest-'));
  });
  after(() => rm(root, { recursive: true }));

  async function directoryOf(name: string, manifests: Record<string, unknown>): Promise<string> {
    for (const [folder, manifest] of Object.entries(manifests)) {
      const dir = path.join(root, name, folder);
      await mkdir(dir, { recursive: true });
      const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
      if (manifest !== null) await writeFile(path.join(dir, 'impl.json'), text);
    }
    return path.join(root, name);
  }

  async function problemsOf(...directories: string[]): Promise<string> {
    const error = await scanImplementations(directories).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HarnessError, `expected a HarnessError, got ${error}`);
    assert.equal(error.code, 'bad-manifest');
    return error.message;
  }

  test('finds every fixture, sorted by id, and passes over shared folders', async () => {
    const folders = (await readdir(fixtures)).filter((name) => !name.startsWith('_')).sort();
    const found = await scanImplementations([fixtures]);
    assert.ok(folders.includes('echo'));
    assert.deepEqual(
      found.map(({ implementation, dir }) => [implementation.id, dir]),
      folders.map((name) => [name, path.join(fixtures, name)]),
    );
  });

  test('lists all problems of all manifests at once, each with its file and key', async () => {
    const directory = await directoryOf('many', {
      alpha: { ...good, id: 'beta' },
      gamma: { ...good, id: 'gamma', color: 'red', model: '' },
      delta: '{"id": ',
      epsilon: {
        ...good,
        id: 'epsilon',
        command: ['{home}/server'],
        runtime: { name: 'x', versionCommand: ['{build}/x'] },
      },
    });
    const message = await problemsOf(directory);
    assert.match(message, /^6 problems/);
    assert.match(message, /alpha\/impl\.json: id: "beta" must equal the folder's name "alpha"/);
    assert.match(message, /gamma\/impl\.json: .*color/);
    assert.match(message, /gamma\/impl\.json: model:/);
    assert.match(message, /delta\/impl\.json: not JSON/);
    assert.match(message, /epsilon\/impl\.json: command: unknown placeholder \{home\}/);
    assert.match(message, /epsilon\/impl\.json: runtime\.versionCommand: \{build\} does not exist yet/);
  });

  test('refuses one id in two directories', async () => {
    const first = await directoryOf('first', { alpha: good });
    const second = await directoryOf('second', { alpha: good });
    assert.match(await problemsOf(first, second), /id "alpha" is there 2 times/);
  });

  test('says which directory cannot be read', async () => {
    assert.match(await problemsOf(path.join(root, 'absent')), /cannot read the directory .*absent/);
  });

  test('a variant is the same program with other settings and an id of its own', async () => {
    const variants = {
      fast: { env: { SPEED: '2' }, runtimeArguments: ['--fast'], workerCount: 4, description: 'at twice the speed' },
      old: { runtimes: { node: 'node-22' }, buildEnv: { EXPERIMENT: 'x' }, description: 'on Node 22' },
    };
    const command = ['{node}', 'main.ts'];
    const directory = await directoryOf('varied', {
      alpha: { ...good, command, env: { SPEED: '1', A: 'a' }, variants },
    });
    const [base, fast, old] = await scanImplementations([directory]);
    assert.deepEqual(base?.implementation.optional, undefined);
    assert.deepEqual(
      [
        fast?.implementation.id,
        fast?.implementation.command,
        fast?.implementation.env,
        fast?.implementation.workerCount,
      ],
      ['alpha@fast', ['{node}', '--fast', 'main.ts'], { SPEED: '2', A: 'a' }, 4],
    );
    assert.deepEqual([old?.runtimes.node?.name, old?.implementation.buildEnv], ['node-22', { EXPERIMENT: 'x' }]);
    assert.deepEqual([old?.implementation.optional, old?.implementation.variantOf], [true, 'alpha']);
  });

  test('a variant that names an unknown key, runtime or placeholder is refused', async () => {
    const variants = {
      a: { enviroment: {}, description: 'a slip' },
    };
    const runtimes = { b: { runtimes: { node: 'node-1', bun: 'bun' }, description: 'no such Node' } };
    const directory = await directoryOf('bad-variants', {
      alpha: { ...good, variants },
      beta: { ...good, id: 'beta', command: ['{node}'], variants: runtimes, variantOf: 'alpha' },
    });
    const message = await problemsOf(directory);
    assert.match(message, /alpha\/impl\.json: variants\.a: .*enviroment/);
    assert.match(message, /beta\/impl\.json: variants\.b\.runtimes: unknown runtime "node-1" \(known: .*node-22/);
    assert.match(message, /beta\/impl\.json: variants\.b\.runtimes: \{bun\} is not used/);
    assert.match(message, /beta\/impl\.json: variantOf: only a variant has one/);
  });
});
