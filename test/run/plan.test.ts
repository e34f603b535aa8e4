import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scenario as quick } from '../../bench/scenarios/quick.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import type { Workload } from '../../src/model/workload.ts';
import { checkoutProject, loadDeclarations } from '../../src/run/declarations.ts';
import { plan, trialMs } from '../../src/run/plan.ts';
import { loadPlan, trialSpec } from '../support/trial-spec.ts';

const { ratePerSec: _, seed: __, ...profile } = loadPlan();
const scenario: Scenario = {
  id: 'test',
  description: 'a test',
  entries: [
    {
      service: 'crud',
      workload: 'history',
      ratesPerSec: [50, 100],
      temperature: 'warm',
      trialCount: 4,
      cluster: null,
      loadPlan: profile,
    },
  ],
  primitives: null,
  includesOptional: false,
  idleMs: 500,
  workerCount: 2,
  databaseConnectionCount: 8,
  seed: 7,
};
const implementations = ['a', 'b', 'c'].map((id) => ({ id, service: 'crud' as const, limits: {} }));
const fixed = (fixedRatePerSec: number | null) =>
  new Map([['crud/history', { id: 'history', version: 3, fixedRatePerSec } as Workload]]);
const input = { scenario, implementations, services: new Map(), workloads: fixed(null), limit: null };

test('every round holds every implementation once, so that a drift falls on all alike', () => {
  const specs = plan(input);
  assert.equal(specs.length, 24);
  for (let round = 0; round < 8; round += 1) {
    const ids = specs.slice(round * 3, round * 3 + 3).map(({ implementation }) => implementation);
    assert.deepEqual(ids.sort(), ['a', 'b', 'c']);
  }
});

test('the order of rounds differs, and the same seed gives the same order', () => {
  const order = (specs: ReturnType<typeof plan>) => specs.map(({ implementation }) => implementation).join('');
  const rounds = new Set(order(plan(input)).match(/.../g));
  assert.ok(rounds.size > 1);
  assert.equal(order(plan(input)), order(plan(input)));
});

test('every trial has the seed of the rows it starts from: the same stream of operations for all', () => {
  assert.deepEqual([...new Set(plan(input).map(({ loadPlan: { seed } }) => seed))], [scenario.seed]);
});

test('a workload defined at one rate is run at that rate only', () => {
  const rates = new Set(plan({ ...input, workloads: fixed(153) }).map(({ loadPlan: { ratePerSec } }) => ratePerSec));
  assert.deepEqual([...rates], [153]);
});

test('implementations of another service are not asked', () => {
  assert.equal(plan({ ...input, implementations: [{ id: 'r', service: 'raft', limits: {} }] }).length, 0);
});

test('a trial is expected to take its idle, warm-up and measured time and a little more', () => {
  assert.equal(trialMs(trialSpec()), 2_000 + 300 + 1.05 * 1000 + 1000);
});

test('quick has its six minutes: four and a half for seven of crud, the rest for six of Raft and the primitives', async () => {
  const declarations = await loadDeclarations(checkoutProject, quick);
  const ofService = (service: 'crud' | 'raft', count: number) =>
    Array.from({ length: count }, (_, index) => ({ id: `${service}-${index}`, service, limits: {} }));
  const specs = plan({
    ...declarations,
    implementations: [...ofService('crud', 7), ...ofService('raft', 6)],
    limit: null,
  });
  const secondsOf = (service: string) =>
    specs.filter((spec) => spec.service === service).reduce((sum, spec) => sum + trialMs(spec), 0) / 1000;
  assert.ok(secondsOf('crud') <= 270, `crud ${secondsOf('crud')} s`);
  // 14 s are left for the primitives.
  assert.ok(secondsOf('raft') <= 76, `raft ${secondsOf('raft')} s`);
});
