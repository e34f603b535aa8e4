import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate } from '../../bench/gate.ts';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { CompareOptions } from '../../src/compare/options.ts';
import type { Comparison, RunComparison } from '../../src/model/comparison.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { pairedRuns, type Side } from '../support/paired-runs.ts';
import { failedTrial, okTrials, overloadedTrial, runResult } from '../support/run-result.ts';

const options: CompareOptions = {
  policy: gate,
  minEffectRatio: null,
  floors: new Map(),
  waivers: [],
  today: '2026-06-01',
};

function compare(base: RunResult, head: RunResult, change: Partial<CompareOptions> = {}): RunComparison {
  return compareRuns(base, head, { ...options, ...change });
}

function of(comparison: RunComparison, id: string): Comparison {
  const found = comparison.comparisons.find((one) => one.id === id);
  assert.ok(found, `${id} is among ${comparison.comparisons.map((one) => one.id).join(', ')}`);
  return found;
}

const cpu = 'crud-go/history/warm/100/cpu-per-request';
const usual: Side = { cpuFactor: 1 };

test('five per cent more CPU in twelve pairs of little noise is worse, with its interval, and ends in 1', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const result = compare(base, head);
  const { verdict, change, role } = of(result, cpu);
  assert.equal(role, 'gated');
  assert.equal(verdict.kind, 'worse');
  assert.equal(change?.method, 'paired');
  assert.ok((change?.interval?.lowRatio ?? 0) > 0.03 && (change?.interval?.highRatio ?? 1) < 0.07);
  assert.equal(result.outcome.exitCode, 1);
  assert.match(result.outcome.sentence, /^Worse: CPU per request of crud-go, history at 100\/s, \+5\.\d % \[\+/);
});

test('the other way round it is better, and ends in 0', () => {
  const { base, head } = pairedRuns(12, { cpuFactor: 1.05 }, usual);
  const result = compare(base, head);
  assert.equal(of(result, cpu).verdict.kind, 'better');
  assert.equal(result.outcome.exitCode, 0);
});

test('a run that holds three trials a side is compared as wholes, and they are too few', () => {
  const result = compare(
    runResult({ runId: 'a', trials: okTrials(3) }),
    runResult({ runId: 'b', trials: okTrials(3, { cpuPerRequestMs: 0.9 }) }),
  );
  const { verdict, change } = of(result, cpu);
  assert.equal(verdict.kind, 'too-few');
  assert.equal(change?.method, 'two-sample');
  assert.equal(result.outcome.exitCode, 3);
});

test('base ok and head overloaded or failed is worse by the errors rule', () => {
  const base = runResult({ runId: 'a', trials: okTrials(3) });
  for (const broken of [overloadedTrial, failedTrial]) {
    const trials = [1, 2, 3].map((repetition) => broken({ repetition }));
    const result = compare(base, runResult({ runId: 'b', trials }));
    const { verdict } = of(result, 'crud-go/history/warm/100/errors');
    assert.equal(verdict.kind === 'worse' && verdict.rule, 'errors');
    assert.equal(result.outcome.exitCode, 1);
  }
});
