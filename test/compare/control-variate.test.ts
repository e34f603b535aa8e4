import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import { explain } from '../../src/compare/explain.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { compareOptions } from '../support/compared.ts';
import { pairedRuns, type Side } from '../support/paired-runs.ts';

const cpu = 'crud-go/history/warm/100/cpu-per-request';
const usual: Side = { cpuFactor: 1 };
/** A machine whose speed wanders by 16 %, seen by all three roles alike. */
const wandering = { machineNoiseRatio: 0.16, noiseRatio: 0.01, controlNoiseRatio: 0.02 };

function compared({ base, head }: { base: RunResult; head: RunResult }) {
  const comparison = compareRuns(base, head, compareOptions).comparisons.find(({ id }) => id === cpu);
  assert.ok(comparison);
  return comparison;
}

test('what the machine’s speed did to target and database alike is taken out, and five per cent are found', () => {
  const { verdict, change, correction } = compared(pairedRuns(12, usual, { cpuFactor: 1.05 }, wandering));
  assert.equal(verdict.kind, 'worse');
  assert.equal(correction?.reason, 'narrower');
  assert.deepEqual(change?.interval, correction?.corrected.interval);
  assert.ok((correction?.widthRatio ?? 1) < 0.35);
  assert.ok((correction?.raw.interval?.lowRatio ?? 0) < 0, 'raw alone was inconclusive');
});

test('a change that is none stays none', () => {
  const { verdict } = compared(pairedRuns(20, usual, usual, { ...wandering, controlNoiseRatio: 0.01 }));
  assert.equal(verdict.kind, 'same');
});

test('on a quiet machine the raw change is the narrower one, and is used', () => {
  const { verdict, correction } = compared(pairedRuns(12, usual, { cpuFactor: 1.05 }, { controlNoiseRatio: 0.04 }));
  assert.equal(verdict.kind, 'worse');
  assert.equal(correction?.used, 'raw');
  assert.equal(correction?.reason, 'wider');
});

test('a commit that spares the database is not blamed for the quotient: the raw change is used, and says why', () => {
  const sparing = { cpuFactor: 1, databaseFactor: 0.8 };
  const { verdict, change, correction } = compared(pairedRuns(12, usual, sparing, { ...wandering, noiseRatio: 0.02 }));
  assert.equal(correction?.reason, 'control-changed');
  assert.match(
    correction?.caveat ?? '',
    /^not corrected: the database CPU per request differs between the sides \(−\d\d\.\d %/,
  );
  assert.deepEqual(change?.ratio, correction?.raw.ratio);
  assert.equal(verdict.kind, 'inconclusive');
});

test('how sure it must be that the control changed is the policy’s to say', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.1, databaseFactor: 1.05 }, wandering);
  const reasonAt = (alpha: number) => {
    const cpuPolicy = compareOptions.policy.metrics['cpu-per-request'];
    assert.ok(cpuPolicy?.control);
    const control = { ...cpuPolicy.control, alpha };
    const metrics = { ...compareOptions.policy.metrics, 'cpu-per-request': { ...cpuPolicy, control } };
    const options = { ...compareOptions, policy: { ...compareOptions.policy, metrics } };
    return compareRuns(base, head, options).comparisons.find(({ id }) => id === cpu)?.correction?.reason;
  };
  assert.equal(reasonAt(0.05), 'control-changed');
  assert.equal(reasonAt(0.0001), 'narrower');
});

test('a commit that sends other statements to the database is compared raw, however small the difference', () => {
  const sparing = { cpuFactor: 1, databaseFactor: 0.95, statementsHash: 'fewer columns' };
  const asked = { ...usual, statementsHash: 'all columns' };
  const { change, correction } = compared(pairedRuns(12, asked, sparing, wandering));
  assert.equal(correction?.reason, 'control-changed');
  assert.match(correction?.caveat ?? '', /the commit itself changes the statements that the database is sent/);
  assert.deepEqual(change?.ratio, correction?.raw.ratio);
});

test('the same statements, and statements that one side did not note, speak for no change of the database’s work', () => {
  for (const [before, after] of [
    [{ statementsHash: 'same' }, { statementsHash: 'same' }],
    [{}, { statementsHash: 'new' }],
  ]) {
    const { correction } = compared(pairedRuns(12, { ...usual, ...before }, { ...usual, ...after }, wandering));
    assert.equal(correction?.reason, 'narrower');
  }
});

test('where the raw and corrected intervals do not overlap, nothing is decided', () => {
  const runs = pairedRuns(12, usual, { cpuFactor: 1, databaseFactor: 0.8, generatorFactor: 0.8 }, { noiseRatio: 0.01 });
  const { verdict, correction } = compared(runs);
  assert.equal(correction?.reason, 'contradiction');
  assert.equal(verdict.kind, 'inconclusive');
  assert.match(verdict.reason, /contradict each other: raw .*, corrected by the database CPU per request \+2\d\.\d %/);
});

test('without the control in one trial the change is raw', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 }, wandering);
  const [first, ...others] = head.trials;
  assert.ok(first?.status === 'ok');
  const { measurement } = first;
  const without = { ...first, measurement: { ...measurement, cpu: { ...measurement.cpu, database: null } } };
  const { change, correction } = compared({ base, head: { ...head, trials: [without, ...others] } });
  assert.equal(correction, null);
  assert.equal(change?.count, 12);
});

test('explain shows each pair as measured and as corrected', () => {
  const runs = pairedRuns(12, usual, { cpuFactor: 1.05 }, wandering);
  const { pairs } = explain(runs.base, runs.head, compared(runs));
  assert.equal(pairs.length, 12);
  assert.ok(pairs.every(({ correctedRatio }) => correctedRatio !== null && Math.abs(correctedRatio - 0.05) < 0.1));
  assert.ok(pairs.some(({ ratio }) => Math.abs(ratio - 0.05) > 0.1));
});
