import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { noiseFloors } from '../../src/compare/noise-floor.ts';
import { fittedPairs } from '../../src/compare/pair-count.ts';
import { compareOptions } from '../support/compared.ts';
import { pairedRuns } from '../support/paired-runs.ts';

const cpu = 'crud-go/history/warm/100/cpu-per-request';

function aaRun(cpuFactor: number, seed: number) {
  const { base, head } = pairedRuns(12, { cpuFactor: 1 }, { cpuFactor }, { seed });
  return compareRuns(base, head, compareOptions);
}

test('A/A runs that scatter no more than their own noise have a noise floor of 0, and report their spread', () => {
  const { noiseFloors: floors, logRatioSds, runCount } = noiseFloors([1, 2, 3].map((seed) => aaRun(1, seed)));
  assert.equal(floors.get(cpu), 0);
  assert.ok(Math.abs((logRatioSds.get(cpu) ?? 0) - 0.014) < 0.006);
  assert.equal(runCount, 3);
});

test('a single run gives no noise floor', () => {
  const floors = [1, 2, 3, 4, 5, 6].map((seed) => noiseFloors([aaRun(1, seed)]).noiseFloors.get(cpu));
  assert.deepEqual(floors, [0, 0, 0, 0, 0, 0]);
});

test('the difference between builds of one commit is a noise floor of about two standard deviations', () => {
  const factors = [1.03, 0.98, 1.02, 0.97];
  const { noiseFloors: floors } = noiseFloors(factors.map((factor, seed) => aaRun(factor, seed + 1)));
  const floor = floors.get(cpu) ?? 0;
  assert.ok(floor > 0.04 && floor < 0.07, `${floor}`);
});

test('a metric that never moved has a noise floor of 0; without runs there is none', () => {
  assert.equal(noiseFloors([aaRun(1, 1)]).noiseFloors.get('crud-go/history/warm/100/startup'), 0);
  assert.equal(noiseFloors([]).noiseFloors.get(cpu), undefined);
});

const costs = { measureMs: 7_000, pairMs: (measureMs: number) => 2 * (5_500 + measureMs) };

test('a budget holds whole windows, shortened only where twelve pairs would not fit; fewer than seven are an error', () => {
  assert.deepEqual(fittedPairs({ ...costs, budgetMs: 400_000 }), { pairCount: 16, measureMs: 7_000 });
  assert.deepEqual(fittedPairs({ ...costs, budgetMs: 260_000 }), { pairCount: 12, measureMs: 5_250 });
  assert.deepEqual(fittedPairs({ ...costs, budgetMs: 150_000 }), { pairCount: 8, measureMs: 3_500 });
  assert.equal(fittedPairs({ ...costs, budgetMs: 120_000 }), null);
});
