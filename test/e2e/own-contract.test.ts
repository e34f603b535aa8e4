// test-lane: waits
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { paceline, workspace } from '../support/paceline.ts';

/** Keeps items; with FORGETS it answers rightly and stores nothing. */
const server = `import { createServer } from 'node:http';
const items = new Map();
createServer(async (request, response) => {
  const id = request.url.split('/')[2];
  const answer = (status, value) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (request.headers.authorization !== process.env.PASSWORD) return answer(401, { error: 'who?' });
  if (request.method === 'GET') return items.has(id) ? answer(200, items.get(id)) : answer(404, { error: 'none' });
  let body = '';
  for await (const chunk of request) body += chunk;
  if (process.env.FORGETS === undefined) items.set(id, JSON.parse(body));
  answer(201, { id });
}).listen(Number(process.env.PORT), process.env.HOST);
`;

const headers = { authorization: `\${password}` };
const vectors = {
  description: 'what is written can be read',
  setup: [],
  vectors: [
    {
      name: 'an item that was put is there',
      steps: [
        { request: { method: 'PUT', path: '/items/1', headers, json: { name: 'n' } }, expect: { status: 201 } },
        { request: { method: 'GET', path: '/items/1', headers }, expect: { status: 200, json: { name: 'n' } } },
      ],
    },
  ],
};

async function project(t: TestContext) {
  const own = await workspace(t);
  const dir = own.file('project');
  await mkdir(join(dir, 'contract', 'vectors'), { recursive: true });
  const asked = { authorization: '{env:SHOP_PASSWORD}' };
  const env = { PASSWORD: '{env:SHOP_PASSWORD}' };
  const ready = { path: '/', status: 401 };
  const config = {
    service: 'shop',
    targets: [
      { name: 'keeps', command: 'node server.mjs', env, ready },
      { name: 'forgets', extends: 'keeps', env: { FORGETS: '1' } },
    ],
    contract: { dir: 'contract', variables: { password: '{env:SHOP_PASSWORD}' } },
    requests: [{ method: 'PUT', path: '/items/{id}', headers: asked, json: 1, params: { id: { int: [1, 9] } } }],
    load: { rates: [20], trials: 1, durationSec: 1, warmupCount: 4, idleSec: 0.1 },
  };
  await writeFile(join(dir, 'server.mjs'), server);
  await writeFile(join(dir, 'contract', 'vectors', 'items.json'), JSON.stringify(vectors));
  await writeFile(join(dir, 'paceline.config.json'), JSON.stringify(config));
  const out = own.file('result.json');
  const secret = { ...own.env, SHOP_PASSWORD: 'not-to-be-seen' };
  return { dir, out, run: (...args: string[]) => paceline(args, { cwd: dir, env: secret }) };
}

test('an implementation that breaks the user’s contract is not measured and in no table; the other one is', async (t) => {
  const { run, out } = await project(t);
  const { stdout, stderr } = await run('run', 'quick', '--attempts', '1', '--no-report', '--out', out);
  const { implementations, trials } = JSON.parse(await readFile(out, 'utf8')) as RunResult;
  const conformance = implementations.map((one) => [
    one.manifest.id,
    one.status === 'ready' ? one.conformance.status : one.status,
  ]);
  assert.deepEqual(conformance, [
    ['keeps', 'passed'],
    ['forgets', 'failed'],
  ]);
  assert.deepEqual(new Set(trials.map(({ spec }) => spec.implementation)), new Set(['keeps']));
  assert.match(stderr, /an item that was put is there: step 2 request GET \/items\/1: expected status: 200, got 404/);
  assert.doesNotMatch(stdout + stderr, /not-to-be-seen/);
});

test('conform checks the user’s contract, and exits with 1 where a target breaks it', async (t) => {
  const { run, dir } = await project(t);
  const both = await run('conform');
  assert.equal(both.exitCode, 1, both.stderr);
  assert.match(both.stdout, /keeps: vectors: 2 checks passed\nkeeps: requests: 1 checks passed/);
  assert.match(both.stdout, /forgets: vectors: 1 of 2 checks failed/);
  assert.equal((await run('conform', 'keeps')).exitCode, 0);
  await writeFile(join(dir, 'contract', 'vectors', 'items.json'), '{"vectors": [');
  const broken = await run('conform', 'keeps');
  assert.equal(broken.exitCode, 2, broken.stderr);
  assert.match(broken.stderr, /items\.json/);
});
