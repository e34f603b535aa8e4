import assert from 'node:assert/strict';
import { gate } from '../../bench/gate.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { Comparison, RunComparison } from '../../src/model/comparison.ts';
import type { CompareOptions } from '../../src/model/gate-policy.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import type { Side } from './paired-runs.ts';

/** The checkout's policy, no noise floor, no waiver, a day in June. */
export const compareOptions: CompareOptions = {
  policy: gate,
  minEffectRatio: null,
  noiseFloors: new Map(),
  waivers: [],
  today: '2026-06-01',
};

export function compare(base: RunResult, head: RunResult, change: Partial<CompareOptions> = {}): RunComparison {
  return compareRuns(base, head, { ...compareOptions, ...change });
}

export function of(comparison: RunComparison, id: string): Comparison {
  const found = comparison.comparisons.find((one) => one.id === id);
  assert.ok(found, `${id} is among ${comparison.comparisons.map((one) => one.id).join(', ')}`);
  return found;
}

export const cell = 'crud-go/history/warm/100';
export const cpu = `${cell}/cpu-per-request`;
export const usual: Side = { cpuFactor: 1 };

export function verdict(base: RunResult, head: RunResult, id = cpu, change: Partial<CompareOptions> = {}) {
  return of(compare(base, head, change), id).verdict;
}

export function withTrials(run: RunResult, change: (trial: Trial, index: number) => Trial): RunResult {
  return { ...run, trials: run.trials.map(change) };
}
