// test-lane: services
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { builtInRun, crudConfig } from '../support/crud-config.ts';
import { type Finished, paceline, shareConformance, type Workspace, workspace } from '../support/paceline.ts';

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

// Each mostly waits: for a registry, and for a load that is light.
suite('examples', { concurrency: 2 }, () => {
  for (const example of ['go-httpbin', 'httpbin', 'json-server', 'miniflux']) {
    test(`the example ${example} is measured as it stands`, async (t) => {
      const { dir, run } = await folder(t, example);
      const { exitCode, stderr } = await run('run', 'smoke', '--rate', '20');
      assert.equal(exitCode, 0, stderr);
      const result = await resultIn(dir);
      assert.ok(result.trials.every(({ status }) => status !== 'failed'));
      assert.equal((await readdir(join(dir, '.paceline', 'reports'))).length, 1);
    });
  }
});

const server = `import { createServer } from 'node:http';
const spin = Number(process.env.SPIN ?? 0);
const goodAt = performance.now() + Number(process.env.LIES_FOR_MS ?? 0);
let count = 0;
createServer((request, response) => {
  count += 1;
  if (performance.now() < goodAt && request.url !== '/ready') response.statusCode = 503;
  if (count > Number(process.env.TOKEN_LASTS ?? Infinity) && request.headers.authorization) response.statusCode = 401;
  const end = performance.now() + spin;
  while (performance.now() < end);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ url: request.url, authorization: request.headers.authorization ?? null }));
}).listen(Number(process.env.PORT), process.env.HOST);
`;

const redirecting = `import { createServer } from 'node:http';
createServer((_, response) => {
  response.writeHead(302, { location: '/b' });
  response.end('moved');
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
  'redirect.mjs': redirecting,
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
    'a service that is ready before it can serve',
    { env: { LIES_FOR_MS: '60000' }, ready: { path: '/ready' } },
    {},
    /GET \/a: status 503 instead of a 2xx; it said/,
  ],
  [
    'a redirect that nobody expects',
    { command: ['sh', '-c', 'exec node redirect.mjs'] },
    {},
    /status 302 instead of a 2xx: redirects are not followed/,
  ],
  [
    'a body that is no JSON where a check wants it',
    { command: 'node redirect.mjs' },
    { requests: [{ path: '/a', expect: { status: 302, json: { id: 1 } } }] },
    /the body is no JSON \(no content-type, 5 bytes\)/,
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

test('a token that expires in the middle of a load fails the trial, and is named as the cause', async (t) => {
  const setUp = [{ path: '/', capture: { token: { json: 'url' } } }];
  const requests = [{ path: '/a', headers: { authorization: '{token}' } }];
  const { run, dir } = await folder(t, null, files({ env: { TOKEN_LASTS: '12' } }, { setUp, requests }));
  await run('run', 'quick', '--no-report');
  const [trial] = (await resultIn(dir)).trials;
  assert.equal(trial?.status, 'failed');
  assert.match(trial.message, /status 401 instead of a 2xx: what was captured to log in with may have expired/);
});

test('a service that forks away from its group is no result', async (t) => {
  const command = ['sh', '-c', 'setsid -f sleep 20; exec node server.mjs'];
  const { run, dir } = await folder(t, null, files({ command }));
  await run('run', 'quick', '--no-report');
  const [trial] = (await resultIn(dir)).trials;
  assert.equal(trial?.status, 'failed');
  assert.match(trial.message, /has left its session/);
});

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

test('the crud service described by a config gives the same trial as by its own declarations', async (t) => {
  const { dir, run, own } = await folder(t, null, await crudConfig({ durationSec: 3, warmupCount: 100 }));
  await shareConformance(own);
  const byConfig = await run('run', 'quick');
  assert.equal(byConfig.exitCode, 0, byConfig.stderr);
  const out = own.file('builtin.json');
  const builtIn = await paceline([...builtInRun({ durationSec: 3, warmupCount: 100 }), '--out', out, '--no-report'], {
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
