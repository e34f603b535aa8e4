import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cluster } from '../../bench/raft/entries.ts';
import type { ScenarioEntry } from '../../src/model/scenario.ts';
import type { Trial, TrialSpec } from '../../src/model/trial.ts';
import type { Workload } from '../../src/model/workload.ts';
import { expectedSpecs, isSkippable, plan } from '../../src/run/plan.ts';
import { failedTrial, okTrial, scenarioEntry } from '../support/run-result.ts';

const sizes = [3, 5, 9, 25];
const entry: ScenarioEntry = scenarioEntry({
  service: 'raft',
  workload: 'scale',
  ratesPerSec: [],
  trialCount: 11,
  cluster: { ...cluster, sizes, searchesSize: true },
});
const scenario = {
  id: 't',
  description: 't',
  primitives: null,
  includesOptional: false,
  entries: [entry],
  idleMs: 0,
  workerCount: 1,
  databaseConnectionCount: 8,
  seed: 1,
};
const workload = { id: 'scale', version: 1, fixedRatePerSec: 0 } as Workload;

function specsFor(clusterSize: number): TrialSpec[] {
  return plan({
    scenario,
    implementations: [{ id: 'raft-x', service: 'raft', limits: { clusterSize } }],
    services: new Map(),
    workloads: new Map([['raft/scale', workload]]),
    limit: null,
  });
}

/** Makes the trials that are needed; `holds` says whether start number n of a size holds. */
function searchLargest(holds: (size: number, start: number) => boolean, clusterSize = 1_000) {
  const done: Trial[] = [];
  const made: string[] = [];
  for (const spec of specsFor(clusterSize)) {
    if (isSkippable(spec, done)) continue;
    const size = spec.cluster?.size ?? 0;
    const start = done.filter((trial) => trial.spec.cluster?.size === size).length + 1;
    const base = holds(size, start) ? okTrial() : failedTrial();
    done.push({ ...base, spec });
    made.push(`${size}${base.status === 'ok' ? '+' : '-'}`);
  }
  return made.join(' ');
}

test('a cluster-size search goes up with one start a size, then starts the largest that held nine times in all', () => {
  assert.equal(
    searchLargest((size) => size < 25),
    `3+ 5+ 9+ 25- 25- ${Array(8).fill('9+').join(' ')}`,
  );
});

test('a size that fails twice on the way down gives way to the next smaller one', () => {
  assert.equal(
    searchLargest((size, start) => size < 9 || start === 1),
    `3+ 5+ 9+ 25+ 25- 25- 9- 9- ${Array(8).fill('5+').join(' ')}`,
  );
});

test('one failure in ten is forgiven', () => {
  assert.equal(
    searchLargest((size, start) => size < 25 && start !== 3),
    `3+ 5+ 9+ 25- 25- 9+ 9- ${Array(7).fill('9+').join(' ')}`,
  );
});

test('sizes beyond the declared limit are not asked', () => {
  assert.equal(
    searchLargest(() => true, 5),
    `3+ 5+ ${Array(8).fill('5+').join(' ')}`,
  );
});

test('trials outside a cluster-size search are never skipped', () => {
  const [spec] = specsFor(5);
  assert.ok(spec?.cluster);
  assert.equal(
    isSkippable({ ...spec, cluster: { ...spec.cluster, searchesSize: false } }, [failedTrial(), failedTrial()]),
    false,
  );
});

test('of a search only the trials are expected that it makes if every start holds', () => {
  const specs = specsFor(1_000);
  const sizesOf = (left: readonly TrialSpec[]) => left.map(({ cluster: asked }) => asked?.size);
  assert.deepEqual(sizesOf(expectedSpecs(specs)), [3, 5, 9, 25, ...Array(8).fill(25)]);
  const isUpTo = (size: number) => (spec: TrialSpec) => (spec.cluster?.size ?? 0) <= size && spec.repetition === 1;
  const done = specs.filter(isUpTo(9)).map((spec) => ({ spec, status: 'ok' as const }));
  const failed = specs
    .filter(({ cluster: asked, repetition }) => asked?.size === 25 && repetition <= 2)
    .map((spec) => ({ spec, status: 'failed' as const }));
  assert.deepEqual(sizesOf(expectedSpecs(specs.slice(8), [...done, ...failed])), Array(8).fill(9));
});

test('where nothing is searched every trial is expected', () => {
  const specs = specsFor(1_000).map((spec) => ({
    ...spec,
    cluster: { ...cluster, ...spec.cluster, searchesSize: false } as TrialSpec['cluster'],
  }));
  assert.equal(expectedSpecs(specs).length, specs.length);
});
