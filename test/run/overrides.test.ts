import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleEntry, raftEntry } from '../../bench/raft/entries.ts';
import { scenario as calibrate } from '../../bench/scenarios/calibrate.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import { ignoredByPrimitives, type ScenarioOverrides, withOverrides } from '../../src/run/overrides.ts';
import { scenarioEntry } from '../support/run-result.ts';

const nothing: ScenarioOverrides = {
  workload: null,
  ratesPerSec: null,
  trialCount: null,
  measureMs: null,
  warmupCount: null,
  workerCount: null,
  crashCount: null,
  only: null,
  memoryLimitBytes: null,
};
const workloads = new Map([
  ['crud', ['history', 'mixed']],
  ['raft', ['election', 'put', 'mixed']],
]);
const election = idleEntry('election', { cluster: { crashCount: 20 } });
const put = raftEntry('put', { ratesPerSec: [100] });

function scenarioOf(entries: Scenario['entries']): Scenario {
  return {
    id: 'both',
    description: '',
    primitives: null,
    includesOptional: false,
    entries,
    idleMs: 0,
    workerCount: 2,
    databaseConnectionCount: 8,
    seed: 1,
  };
}

const both = scenarioOf([scenarioEntry(), election, put]);

function asked(scenario: Scenario, change: Partial<ScenarioOverrides>): string[] {
  const { entries } = withOverrides(scenario, { ...nothing, ...change }, workloads);
  return entries.map(({ service, workload }) => `${service}/${workload}`);
}

test('without overrides every question stays', () => {
  assert.deepEqual(asked(both, {}), ['crud/history', 'raft/election', 'raft/put']);
});

test('--workload keeps the questions that ask it', () => {
  assert.deepEqual(asked(both, { workload: 'election' }), ['raft/election']);
  assert.deepEqual(asked(both, { workload: 'history' }), ['crud/history']);
});

test('--workload changes the question of a service that is no cluster, and leaves clusters out', () => {
  assert.deepEqual(asked(both, { workload: 'mixed' }), ['crud/mixed']);
});

test('a question to clusters is never made another: that is refused with what is asked', () => {
  const raft = scenarioOf([election, put]);
  assert.throws(() => asked(raft, { workload: 'mixed' }), { code: 'usage', remedy: 'it asks election, put' });
});

test('--crashes changes the count where leaders are crashed, and nowhere else', () => {
  const { entries } = withOverrides(both, { ...nothing, crashCount: 7 }, workloads);
  assert.deepEqual(
    entries.map(({ cluster }) => cluster?.crashCount ?? null),
    [null, 7, 0],
  );
});

test('flags of requests are an error where only primitives are measured, and a warning where there is more', () => {
  const primitives = {
    only: [],
    repetitionCount: 1,
    sampleMs: 1,
    memoryLimitBytes: 1,
    timeoutMs: 1,
  } as unknown as NonNullable<Scenario['primitives']>;
  const rate = { ...nothing, ratesPerSec: [5], measureMs: 1_000 };
  assert.throws(
    () => ignoredByPrimitives({ entries: [], primitives }, rate),
    /--rate and --duration cannot be used here/,
  );
  const mixed = { entries: both.entries, primitives };
  assert.match(ignoredByPrimitives(mixed, rate) ?? '', /^warning: .* without regard to --rate and --duration$/);
  assert.equal(ignoredByPrimitives(mixed, { ...nothing, trialCount: 2 }), null);
  assert.equal(ignoredByPrimitives(both, rate), null);
});

test('a rate is measured once where several entries list it', () => {
  const { entries } = withOverrides(calibrate, { ...nothing, ratesPerSec: [100, 1_000, 60_000] }, workloads);
  assert.deepEqual(
    entries.map(({ ratesPerSec, loadPlan }) => [ratesPerSec, loadPlan.measureMs]),
    [
      [[100, 1_000], 5_000],
      [[60_000], 3_000],
    ],
  );
  const low = withOverrides(calibrate, { ...nothing, ratesPerSec: [100] }, workloads);
  assert.deepEqual(
    low.entries.map(({ ratesPerSec }) => ratesPerSec),
    [[100]],
  );
});

test('a rate is asked in every cell that asks another question', () => {
  const { entries } = withOverrides(both, { ...nothing, ratesPerSec: [7] }, workloads);
  assert.deepEqual(
    entries.map(({ ratesPerSec }) => ratesPerSec),
    [[7], [7], [7]],
  );
});
