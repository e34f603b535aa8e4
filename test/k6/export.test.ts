// test-lane: waits
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createWorkload, requestMixPath } from '../../src/config/request-mix.ts';
import { type ExportedWorkload, k6Plan, k6Script } from '../../src/k6/export.ts';
import { keepSecret } from '../../src/os/secrets.ts';
import { checkoutProject } from '../../src/run/declarations.ts';
import { paceline, workspace } from '../support/paceline.ts';

const aim = {
  target: 'http://127.0.0.1:8080',
  expectedP99Ms: 100,
  instanceCount: 3,
  workerCount: 2,
  databaseConnectionCount: 20,
};

async function crud(id: string): Promise<ExportedWorkload> {
  return { ...(await checkoutProject.loadWorkload('crud', id)), contractVersion: 2 };
}

async function loadPlan() {
  const { entries } = await checkoutProject.loadScenario('quick');
  const [first] = entries;
  assert.ok(first);
  return { ...first.loadPlan, ratePerSec: 500, warmupCount: 0, seed: 1 };
}

test('what k6 cannot do is refused with the reason', async () => {
  const load = await loadPlan();
  const refusals = [
    ['mixed', /mixed cannot be exported to k6: it holds event streams open/],
    ['aggregate', /aggregate cannot be exported to k6: it holds event streams open/],
    ['history', /history cannot be exported to k6: its requests follow from earlier answers/],
  ] as const;
  for (const [id, reason] of refusals) {
    const workload = await crud(id);
    assert.throws(() => k6Plan(workload, load, aim), reason);
  }
  assert.equal(k6Plan(await crud('history-slots'), load, aim).operations.length, 11);
  const authenticate = await crud('authenticate');
  assert.throws(() => k6Plan(authenticate, { ...load, arrivals: 'poisson' }, aim), /evenly spaced requests alone/);
  assert.throws(() => k6Plan(authenticate, { ...load, ratePerSec: 1 / 3 }, aim), /k6 cannot send 0\.333/);
  assert.throws(() => k6Plan(authenticate, { ...load, ratePerSec: 1e300 }, aim), /more requests than can be counted/);
});

test('virtual users are enough for twice the expected p99, and two for each instance', async () => {
  const [workload, load] = [await crud('authenticate'), await loadPlan()];
  assert.equal(k6Plan(workload, load, aim).virtualUserCount, 100);
  assert.equal(k6Plan(workload, { ...load, ratePerSec: 1 }, aim).virtualUserCount, 6);
});

test('the script says the hash of its text, imports k6 alone and holds no secret', async () => {
  keepSecret('SHOP_PASSWORD', 'sesame-open');
  const request = {
    ...{ name: 'read', method: 'GET', path: '/items?key=sesame-open', headers: {}, body: null, params: {}, weight: 1 },
    ...{ statuses: null, expected: {}, captures: {} },
  };
  const argument = { service: 'shop', description: 'GET /items', setUp: [], requests: [request] };
  const workload = { ...createWorkload(argument), module: { path: requestMixPath, argument }, contractVersion: 1 };
  const script = await k6Script(workload, k6Plan(workload, await loadPlan(), aim));
  const [first = '', ...rest] = script.split('\n');
  assert.ok(first.endsWith(createHash('sha256').update(rest.join('\n')).digest('hex')));
  assert.deepEqual(
    [...script.matchAll(/ from "([^"]+)"/g)].map(([, name]) => name?.split('/')[0]).filter((name) => name !== 'k6'),
    [],
  );
  assert.ok(!script.includes('sesame-open'));
  assert.match(script, /\/items\?key=\{env:SHOP_PASSWORD\}/);
});

test('a workload that cannot be exported is refused before a rate is asked for, and a target that no path can follow', async (context) => {
  const space = await workspace(context);
  const refused = async (flags: readonly string[], reason: RegExp) => {
    const { exitCode, stderr } = await paceline(['export', 'k6', 'quick', '--out', space.file('k6'), ...flags], space);
    assert.equal(exitCode, 2);
    assert.match(stderr, reason);
  };
  await refused(['--workload', 'mixed'], /mixed cannot be exported to k6/);
  await refused(['--workload', 'nope'], /unknown workload "nope"/);
  await refused(['--workload', 'authenticate'], /does not say one rate for authenticate/);
  await refused(['--workload', 'authenticate', '--target', 'http://127.0.0.1/?a=b'], /has a query or a fragment/);
});

test('k6 is no engine for primitives, to which no request is sent', async (context) => {
  const space = await workspace(context);
  const { exitCode, stderr } = await paceline(['run', 'primitives', '--engine', 'k6', '--no-report'], space);
  assert.equal(exitCode, 2);
  assert.match(stderr, /--engine cannot be used here: only primitives are measured/);
});
