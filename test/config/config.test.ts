import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findProject, openProject } from '../../src/config/find-project.ts';
import { configJsonSchema } from '../../src/config/schema.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { withoutSecrets } from '../../src/os/secrets.ts';
import type { Project } from '../../src/run/project.ts';

const published = join(import.meta.dirname, '..', '..', 'docs', 'config.schema.json');

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'paceline-config-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

function load(t: TestContext, config: unknown, env: NodeJS.ProcessEnv = {}, files = {}): Promise<Project> {
  const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2);
  const dir = folderWith(t, { 'paceline.config.json': text, ...files });
  return openProject(findProject(dir), env);
}

async function mistakesOf(t: TestContext, config: unknown, env: NodeJS.ProcessEnv = {}, files = {}): Promise<string> {
  const error = await load(t, config, env, files).then(
    () => assert.fail('it was accepted'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HarnessError, String(error));
  assert.equal(error.exitCode, 2);
  assert.notEqual(error.remedy, '');
  return error.message;
}

const target = { name: 'api', command: './server --port {port}' };
const config = { targets: [target], requests: [{ path: '/' }] };

test('the published JSON Schema of a config is the one the types give', () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(published, text);
  assert.equal(readFileSync(published, 'utf8'), text, 'UPDATE_GOLDENS=1 npm test writes it anew');
});

test('targets are implementations of one service, and a variant changes only what it names', async (t) => {
  const variant = { name: 'tuned', extends: 'api', env: { GOGC: '50' } };
  const parent = { ...target, build: 'go build -o {build}/server .', env: { A: '1' } };
  const project = await load(t, { ...config, service: 'shop', targets: [parent, variant] });
  const located = await project.locate(project.rootDir, []);
  assert.deepEqual(
    located.map(({ implementation: { id, service, env, buildInPlace } }) => ({ id, service, env, buildInPlace })),
    [
      { id: 'api', service: 'shop', env: { A: '1' }, buildInPlace: undefined },
      { id: 'tuned', service: 'shop', env: { A: '1', GOGC: '50' }, buildInPlace: undefined },
    ],
  );
  assert.deepEqual(located[1]?.implementation.command, ['sh', '-c', 'exec ./server --port {port}']);
});

test('a commit that has a config of its own brings its own targets, one without gets the present ones', async (t) => {
  const project = await load(t, config);
  const older = folderWith(t, {
    'paceline.config.json': JSON.stringify({ ...config, targets: [{ ...target, name: 'old' }] }),
  });
  const idsIn = async (dir: string) => (await project.locate(dir, [])).map(({ implementation }) => implementation.id);
  assert.deepEqual(await idsIn(older), ['old']);
  assert.deepEqual(await idsIn(folderWith(t, {})), ['api']);
});

test('the scenarios are quick, smoke and ci, at the rates that it names', async (t) => {
  const project = await load(t, { ...config, load: { rates: [5, 50], trials: 2, durationSec: 3 } });
  assert.deepEqual(await project.scenarioIds(), ['quick', 'smoke', 'ci']);
  const [entry] = (await project.loadScenario('quick')).entries;
  assert.deepEqual(entry?.ratesPerSec, [5, 50]);
  assert.equal(entry?.loadPlan.measureMs, 3_000);
  assert.equal(entry?.loadPlan.warmupRatePerSec, 5);
});

test('a config in TypeScript needs no installed paceline', async (t) => {
  const text = `import { defineConfig } from 'paceline';\nexport default defineConfig(${JSON.stringify(config)});\n`;
  const dir = folderWith(t, { 'paceline.config.mts': text });
  const project = await openProject(findProject(dir), {});
  assert.equal((await project.locate(dir, [])).length, 1);
});

test('it is found above the folder, and not beyond the top of the repository', (t) => {
  const dir = folderWith(t, { 'paceline.config.json': '{}' });
  mkdirSync(join(dir, 'a', 'b'), { recursive: true });
  assert.equal(findProject(join(dir, 'a', 'b')).configPath, join(dir, 'paceline.config.json'));
  mkdirSync(join(dir, 'a', '.git'));
  assert.equal(findProject(join(dir, 'a', 'b')).configPath, null);
});

test('two configs in one folder are refused', (t) => {
  const dir = folderWith(t, { 'paceline.config.json': '{}', 'paceline.config.ts': '' });
  assert.throws(() => findProject(dir), /has 2 configs: paceline\.config\.ts, paceline\.config\.json/);
});

test('every mistake of a config is told at once, with its line', async (t) => {
  const text = await mistakesOf(
    t,
    `{
  "targets": [
    { "name": "api", "command": "./server", "cwd": "nowhere" },
    { "name": "Bad Name", "command": "./server" },
    { "name": "three", "comand": "./server" }
  ],
  "requests": [{ "path": "items" }, { "path": "/", "weight": -1 }],
  "load": { "rates": [] }
}`,
  );
  assert.match(text, /5 mistakes/);
  for (const line of [
    /config\.json:4: targets\.1\.name: lower-case words/,
    /config\.json:5: targets\.2: unknown key "comand"/,
    /config\.json:7: requests\.0\.path/,
    /config\.json:7: requests\.1\.weight/,
    /config\.json:8: load\.rates/,
  ])
    assert.match(text, line);
});

test('a target that runs already is a URL of this machine, and has nothing that only a start could give it', async (t) => {
  const url = 'http://127.0.0.1:8080';
  const project = await load(t, { ...config, targets: [{ name: 'api', url, program: { pid: 4711 } }] });
  const [located] = await project.locate(project.rootDir, []);
  assert.deepEqual(located?.implementation.running, { url, program: { kind: 'pid', pid: 4711 } });
  assert.deepEqual(located?.implementation.command, []);
  const mistakes = (more: object, whole: object = {}) =>
    mistakesOf(t, { ...config, ...whole, targets: [{ name: 'api', url, ...more }] });
  assert.match(await mistakes({ command: './server' }), /targets\.0\.command: it runs already/);
  assert.match(await mistakes({ env: { A: '1' }, port: 80 }), /2 mistakes/);
  assert.match(await mistakes({ url: 'shop.example' }), /targets\.0\.url: it is no http URL/);
  assert.match(await mistakes({ url: `${url}/items` }), /paths stand in `requests`/);
  assert.match(await mistakes({ url: 'http://ann:x@127.0.0.1' }), /leave user and password out/);
  assert.match(await mistakes({ url: 'http://shop.example' }), /shop\.example is not this machine: .*`remote: true`/);
  assert.match(await mistakes({}, { limit: { cpuCount: 1 } }), /no `limit`/);
  assert.match(await mistakes({}, { database: { kind: 'postgres' } }), /cannot be given a fresh database/);
  assert.match(await mistakes({ program: { pid: -1 } }), /targets\.0\.program/);
  await load(t, { ...config, targets: [{ name: 'api', url: 'http://shop.example', remote: true }] });
  assert.match(await mistakesOf(t, { ...config, targets: [{ ...target, remote: true }] }), /only a `url`/);
  assert.match(
    await mistakesOf(t, { ...config, targets: [{ ...target, program: { pid: 1 } }] }),
    /its program is known/,
  );
});

test('variants of a target are those of a manifest: rows of a run that asks for them', async (t) => {
  const variants = {
    gogc50: { env: { GOGC: '50' }, description: 'half the heap' },
    'workers-4': { workerCount: 4, description: 'four workers' },
  };
  const listed = { ...target, command: ['node', 'server.js'], env: { A: '1' } };
  const inspected = { runtimeArguments: ['--jitless'], description: 'no compiler' };
  const targets = [
    { ...listed, variants: { ...variants, jitless: inspected } },
    { name: 'b', extends: 'api' },
  ];
  const project = await load(t, { ...config, targets });
  const located = await project.locate(project.rootDir, []);
  assert.deepEqual(
    located.map(({ implementation: { id, env, command, optional } }) => [
      id,
      env,
      command.join(' '),
      optional ?? false,
    ]),
    [
      ['api', { A: '1' }, 'node server.js', false],
      ['api@gogc50', { A: '1', GOGC: '50' }, 'node server.js', true],
      ['api@workers-4', { A: '1', WORKERS: '4' }, 'node server.js', true],
      ['api@jitless', { A: '1' }, 'node --jitless server.js', true],
      ['b', { A: '1' }, 'node server.js', false],
    ],
  );
  const wrong = (variant: object) => mistakesOf(t, { ...config, targets: [{ ...target, variants: { x: variant } }] });
  assert.match(await wrong(inspected), /variants\.x\.runtimeArguments: .*write `command` as a list/);
  assert.match(await wrong({ env: { A: '{env:NOT_SET}' }, description: 'd' }), /NOT_SET is not set/);
  assert.match(
    await wrong({ runtimes: { node: 'node-22' }, description: 'd' }),
    /\{node\} is not used|unknown runtime/,
  );
  assert.match(await wrong({ env: {} }), /targets\.0\.variants\.x\.description/);
});

test('a workload module of one’s own takes the place of requests', async (t) => {
  const module = `export const workload = {
  id: 'mine', version: 3, description: 'my own', mix: { read: 1 }, fixedRatePerSec: null,
  open: () => ({ next: () => null, streams: [], onEvent: () => null, acknowledged: () => ({}) }),
};`;
  const own = { service: 'shop', targets: [target], workload: './load.mjs' };
  const project = await load(t, own, {}, { 'load.mjs': module });
  assert.deepEqual(await project.workloadIds('shop'), ['mine']);
  const workload = await project.loadWorkload('shop', 'mine');
  assert.deepEqual([workload.service, workload.version, workload.module.argument], ['shop', 3, null]);
  assert.equal((await project.loadScenario('quick')).entries[0]?.workload, 'mine');
  assert.match(await mistakesOf(t, own, {}, { 'load.mjs': 'export const other = 1;' }), /exports no `workload`/);
});

test('a contract is a folder with vectors, and its secrets come from the environment', async (t) => {
  const contract = { dir: '.', variables: { password: '{env:SHOP_PASSWORD}' } };
  assert.match(await mistakesOf(t, { ...config, contract }), /contract\.dir: there is no folder .*vectors/);
  assert.match(await mistakesOf(t, { ...config, contract }), /SHOP_PASSWORD is not set/);
});

const asked = (...requests: object[]) => ({ ...config, requests });

test('what no schema can see is told the same way', async (t) => {
  assert.match(await mistakesOf(t, { ...config, targets: [{ name: 'api' }] }), /targets\.0: it has no `command`/);
  assert.match(await mistakesOf(t, { ...config, targets: [target, target] }), /"api" is there twice/);
  assert.match(await mistakesOf(t, { ...config, targets: [{ ...target, extends: 'x' }] }), /"x" is no target/);
  assert.match(await mistakesOf(t, { ...config, targets: [{ ...target, cwd: 'no' }] }), /there is no folder/);
  assert.match(
    await mistakesOf(t, { ...config, targets: [{ ...target, command: 'a {nope}' }] }),
    /placeholder \{nope\}/,
  );
  assert.match(
    await mistakesOf(t, { ...config, targets: [{ ...target, build: 'a {port}' }] }),
    /only when the target starts/,
  );
  assert.match(await mistakesOf(t, { ...config, requests: [] }), /requests: there is none/);
  assert.match(await mistakesOf(t, { ...config, workload: './w.ts' }), /keep one of them/);
  assert.match(await mistakesOf(t, { targets: [target], workload: './w.ts' }), /w\.ts cannot be loaded/);
  assert.match(await mistakesOf(t, asked({ path: '/', weight: 0 })), /all weights are 0/);
  assert.match(await mistakesOf(t, asked({ path: '/a' }, { path: '/a' })), /name of another request/);
  assert.match(await mistakesOf(t, asked({ path: '/{id}' })), /\{id\} has no value/);
  assert.match(await mistakesOf(t, asked({ path: '/', body: 'a', json: 1 })), /keep one of them/);
  assert.match(await mistakesOf(t, asked({ path: '/{a}', params: { a: { captured: 'b' } } })), /nothing captures "b"/);
  assert.match(await mistakesOf(t, asked({ path: '/{a}', params: { a: { int: [2, 1] } } })), /2 is more than 1/);
  assert.match(await mistakesOf(t, asked({ path: '/', headers: { 'content-length': '1' } })), /sets it itself/);
  assert.match(await mistakesOf(t, asked({ path: '/', headers: { 'a b': '1' } })), /no name of a header/);
  for (const path of ['/a b', '/a\r\nb', '/ü', '/a#b', 'a'])
    assert.match(await mistakesOf(t, asked({ path })), /requests\.0\.path: it begins with \/ and is ASCII/);
  assert.match(
    await mistakesOf(t, { ...config, targets: [{ ...target, ready: { path: '/a b' } }] }),
    /targets\.0\.ready\.path: it begins with/,
  );
  const capture = (match: string) => asked({ path: '/', capture: { id: { header: 'location', match } } });
  assert.match(await mistakesOf(t, capture('(')), /Unterminated group/);
  assert.match(await mistakesOf(t, capture('a')), /needs a group/);
});

test('what is captured by a later request of the set-up has no value yet', async (t) => {
  const setUp = [{ path: '/{id}' }, { path: '/', capture: { id: { json: 'id' } } }];
  assert.match(await mistakesOf(t, { ...config, setUp }), /setUp\.0: \{id\} has no value/);
});

test('a column of a CSV file must be there', async (t) => {
  const from = (column: string, csv = 'u.csv') => asked({ path: '/{u}', params: { u: { csv, column } } });
  const files = { 'u.csv': 'id,name\n1,"Ann, B"\n', 'empty.csv': 'id\n', 'broken.csv': 'a,b\n1\n' };
  assert.match(await mistakesOf(t, from('nope'), {}, files), /no column "nope" \(it has id, name\)/);
  assert.match(await mistakesOf(t, from('id', 'none.csv'), {}, files), /cannot read none\.csv \(ENOENT\)/);
  assert.match(await mistakesOf(t, from('id', 'empty.csv'), {}, files), /has no rows/);
  assert.match(await mistakesOf(t, from('a', 'broken.csv'), {}, files), /Invalid Record Length/);
  const project = await load(t, from('name'), {}, files);
  const { module } = await project.loadWorkload('any', 'requests');
  assert.deepEqual((module.argument as { requests: { params: object }[] }).requests[0]?.params, {
    u: { kind: 'list', values: ['Ann, B'] },
  });
});

test('a secret comes from the environment and is in nothing that is printed', async (t) => {
  const requests = [{ path: '/', headers: { authorization: 'Bearer {env:SHOP_TOKEN}' } }];
  assert.match(await mistakesOf(t, { ...config, requests }), /SHOP_TOKEN is not set/);
  assert.match(await mistakesOf(t, { ...config, requests }, { SHOP_TOKEN: 'abc' }), /shorter than 6/);
  assert.match(
    await mistakesOf(t, { ...config, requests }, { SHOP_TOKEN: 'very\r\nx: secret' }),
    /a header is one line/,
  );
  const inPath = [{ path: '/{env:SHOP_TOKEN}' }];
  assert.match(
    await mistakesOf(t, { ...config, requests: inPath }, { SHOP_TOKEN: 'very secret' }),
    /a path cannot hold/,
  );
  const project = await load(t, { ...config, requests }, { SHOP_TOKEN: 'very/secret' });
  const { module, description } = await project.loadWorkload('any', 'requests');
  assert.match(JSON.stringify(module.argument), /Bearer very\/secret/);
  assert.doesNotMatch(description, /very/);
  assert.equal(withoutSecrets('it said very/secret and very%2Fsecret'), 'it said [secret] and [secret]');
});

test('a config that throws, exports nothing or is no JSON is told with its place', async (t) => {
  const from = (name: string, text: string) => openProject(findProject(folderWith(t, { [name]: text })), {});
  await assert.rejects(from('paceline.config.mjs', '\nthrow new Error("no database");'), /line 2: Error: no database/);
  await assert.rejects(from('paceline.config.mjs', 'export const other = 1;'), /exports no config/);
  await assert.rejects(from('paceline.config.mts', 'export default {{{'), /cannot be loaded/);
  await assert.rejects(from('paceline.config.json', '{ "targets": '), /is not JSON/);
});
