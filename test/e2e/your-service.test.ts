// test-lane: services
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { type Finished, paceline, type Workspace, workspace } from '../support/paceline.ts';

const root = resolve(import.meta.dirname, '..', '..');

interface Folder {
  readonly own: Workspace;
  readonly dir: string;
  run(...args: string[]): Promise<Finished>;
}

/** A folder of its own, with files of an example or given as text. */
async function folder(
  t: TestContext,
  example: string | null,
  files: Readonly<Record<string, string>> = {},
): Promise<Folder> {
  const own = await workspace(t);
  const dir = own.file('project');
  await mkdir(dir);
  if (example !== null) {
    const filter = (path: string) => !path.includes('.paceline');
    await cp(join(root, 'examples', example), dir, { recursive: true, filter });
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return { own, dir, run: (...args) => paceline(args, { cwd: dir, env: own.env }) };
}

async function resultIn(dir: string): Promise<RunResult> {
  const results = join(dir, '.paceline', 'results');
  const [machine = ''] = await readdir(results);
  const [name = ''] = await readdir(join(results, machine));
  return JSON.parse(await readFile(join(results, machine, name), 'utf8')) as RunResult;
}

for (const example of ['go-httpbin', 'httpbin', 'json-server']) {
  test(`the example ${example} is measured as it stands`, async (t) => {
    const { dir, run } = await folder(t, example);
    const { exitCode, stderr } = await run('run', 'smoke', '--rate', '20');
    assert.equal(exitCode, 0, stderr);
    const result = await resultIn(dir);
    assert.ok(result.trials.every(({ status }) => status !== 'failed'));
    assert.equal((await readdir(join(dir, '.paceline', 'reports'))).length, 1);
  });
}

const server = `import { createServer } from 'node:http';
const spin = Number(process.env.SPIN ?? 0);
createServer((request, response) => {
  const end = performance.now() + spin;
  while (performance.now() < end);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url: request.url, authorization: request.headers.authorization ?? null }));
}).listen(Number(process.env.PORT), process.env.HOST);
`;

function config(target: object = {}, more: object = {}): string {
  return JSON.stringify({
    service: 'shop',
    targets: [{ name: 'api', command: 'node server.mjs', ...target }],
    requests: [{ path: '/a' }],
    load: { rates: [20], trials: 1, durationSec: 1, warmupCount: 4, idleSec: 0.1 },
    ...more,
  });
}

const files = (target: object = {}, more: object = {}) => ({
  'server.mjs': server,
  'paceline.config.json': config(target, more),
});

test('two commits of a user’s repository are compared, each with its own target', async (t) => {
  const { dir, run } = await folder(t, null, { ...files(), '.gitignore': '.paceline/\n' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: dir });
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  git('checkout', '-q', '-b', 'slower');
  await writeFile(join(dir, 'paceline.config.json'), config({ env: { SPIN: '5' } }));
  git('commit', '-q', '-a', '-m', 'slower');
  const { stdout, stderr } = await run('ci', '--pairs', '2', '--no-gate');
  assert.match(stdout, /base +[0-9a-f]{10} first/, stderr);
  assert.match(stdout, /CPU per request/);
  assert.equal(git('status', '--short').toString(), '');
});

const refusals: readonly (readonly [name: string, target: object, more: object, said: RegExp])[] = [
  ['a command that is not found', { command: './nowhere' }, {}, /127; its program was not found/],
  [
    'a command that ends',
    { command: 'sh -c "sleep 300 & exit 0"' },
    {},
    /exit code 0; a service must stay in the foreground/,
  ],
  [
    'a service that is never ready',
    { ready: { path: '/', status: 503, timeoutSec: 1 } },
    {},
    /did not answer 503 within 1 s/,
  ],
  [
    'a request that is answered wrongly',
    {},
    { requests: [{ path: '/a', expect: { status: 201 } }] },
    /GET \/a: status 200 instead of 201; it said: \{"url"/,
  ],
  [
    'a capture that finds nothing',
    {},
    { setUp: [{ path: '/', capture: { id: { json: 'nope' } } }] },
    /the answer has nothing at nope/,
  ],
];

for (const [name, target, more, said] of refusals) {
  test(`${name} is told before anything is measured, and leaves nothing`, async (t) => {
    const { run, own } = await folder(t, null, files(target, more));
    const { exitCode, stderr } = await run('run', 'smoke');
    assert.match(stderr, said);
    assert.ok(exitCode === 1 || exitCode === 3, `exit code ${exitCode}`);
    assert.deepEqual(await readdir(join(own.cacheDir, 'runs')), []);
  });
}

test('a port on which something else listens is never measured in the place of the target', async (t) => {
  const { createServer } = await import('node:http');
  const other = createServer((_, response) => response.end('not yours')).listen(0, '127.0.0.1');
  await new Promise((done) => other.once('listening', done));
  t.after(() => other.close());
  const { port } = other.address() as { port: number };
  const { run } = await folder(t, null, files({ port }));
  const { exitCode, stderr } = await run('run', 'smoke');
  assert.equal(exitCode, 3);
  assert.match(stderr, /something else listens there already/);
});

test('a secret is sent, and is in no file and no output', async (t) => {
  const requests = [
    { path: '/a', headers: { authorization: 'Bearer {env:SHOP_TOKEN}' }, expect: { json: { url: '/b' } } },
  ];
  const { own, dir } = await folder(t, null, files({}, { requests }));
  const env = { ...own.env, SHOP_TOKEN: 'not-to-be-seen' };
  const { stderr, stdout } = await paceline(['run', 'smoke'], { cwd: dir, env });
  assert.match(stderr, /Bearer \[secret\]/);
  assert.doesNotMatch(stderr + stdout, /not-to-be-seen/);
});

const seedScript = `import postgres from ${JSON.stringify(join(root, 'node_modules/postgres/src/index.js'))};
import { service } from ${JSON.stringify(join(root, 'bench/crud/service.ts'))};
const sql = postgres(process.env.DATABASE_URL, { max: 1, fetch_types: false });
const text = (values) => '{' + values.map((value) => JSON.stringify(String(value))).join(',') + '}';
for (const { sql: statement, values } of service.database.seedStatements(20_260_101))
  await sql.unsafe(statement, values.map((value) => (typeof value === 'object' ? text(value) : value)));
await sql.end();
`;

test('the crud service described by a config gives the same trial as by its own declarations', async (t) => {
  const impl = JSON.parse(await readFile(join(root, 'impls/crud-node-async/impl.json'), 'utf8')) as {
    command: string[];
  };
  const cwd = join(root, 'impls/crud-node-async');
  // It takes an address without parameters.
  const program = impl.command.map((word) => word.replace('{node}', '"{node}"')).join(' ');
  const command = ['sh', '-c', `export DATABASE_URL="\${DATABASE_URL%%\\?*}"; exec ${program}`];
  const settings = { WORKERS: '2', DB_POOL_TOTAL: '8', FILE_CACHE_BYTES: '16777216', SESSION_TTL_SECONDS: '3600' };
  const env = { ...settings, MAX_EVENT_STREAMS: '64', LOG_LEVEL: 'warn', SEED: '20260101' };
  const { dir, run, own } = await folder(t, null, {
    'seed.mjs': seedScript,
    'paceline.config.json': JSON.stringify({
      service: 'crud',
      targets: [{ name: 'api', command, env, cwd, sources: ['seed.mjs'], ready: { path: '/health', status: 200 } }],
      database: {
        kind: 'postgres',
        schema: join(root, 'bench/crud/schema.sql'),
        prepare: [[process.execPath, 'seed.mjs']],
      },
      workload: join(root, 'bench/crud/workloads/history.ts'),
      load: { rates: [50], trials: 1, durationSec: 3, warmupCount: 100, warmupRate: 100, connections: 32 },
    }),
  });
  const byConfig = await run('run', 'quick');
  assert.equal(byConfig.exitCode, 0, byConfig.stderr);
  const out = own.file('builtin.json');
  const flags = ['--workload', 'history', '--rate', '50', '--trials', '1', '--duration', '3', '--warmup', '100'];
  const builtIn = await paceline(['run', 'smoke', '--impl', 'crud-node-async', ...flags, '--out', out, '--no-report'], {
    cwd: root,
    env: own.env,
  });
  assert.equal(builtIn.exitCode, 0, builtIn.stderr);
  const drawn = ({ trials }: RunResult) => {
    const measured = trials.at(-1);
    if (measured?.status !== 'ok' || measured.measurement.load === null) throw new Error('no trial that counts');
    const { operations, counts } = measured.measurement.load;
    return [
      counts.scheduledCount,
      Object.entries(operations)
        .map(([name, one]) => [name, one.counts.sentCount])
        .sort(),
    ];
  };
  assert.deepEqual(drawn(await resultIn(dir)), drawn(JSON.parse(await readFile(out, 'utf8')) as RunResult));
});
