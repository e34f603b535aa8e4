import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { comparisonText } from '../../src/report/text/comparison-text.ts';
import { cell, compare, of, usual, verdict, withTrials } from '../support/compared.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { okTrials, runResult } from '../support/run-result.ts';

/** Another idle memory where `bytes` says so. */
function withMemory(run: RunResult, bytes: (index: number) => number | null): RunResult {
  return withTrials(run, (trial, index) => {
    if (trial.status !== 'ok') return trial;
    const { memory } = trial.measurement;
    const idleBytes = bytes(index) ?? memory.idleBytes;
    return { ...trial, measurement: { ...trial.measurement, memory: { ...memory, idleBytes } } };
  });
}

test('a value of 0 has no ratio; 0 on both sides is the same', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const idle = (run: RunResult, share: number) =>
    withTrials(run, (trial, index) =>
      trial.status === 'ok'
        ? { ...trial, measurement: { ...trial.measurement, idleCpuMsPerSec: index < share ? 0 : 1 } }
        : trial,
    );
  const id = `${cell}/idle-cpu`;
  assert.match(verdict(base, idle(head, 8), id).reason, /0 has no ratio: 0 in base, 8 in head/);
  const loose = compare(
    runResult({ runId: 'a', trials: okTrials(12) }),
    idle(runResult({ runId: 'b', trials: okTrials(12) }), 1),
  );
  assert.equal(of(loose, id).verdict.kind, 'not-comparable');
  assert.equal(verdict(idle(base, 12), idle(head, 12), id).kind, 'same');
});

test('one zero drops its pair, not the row, and is reported', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const result = compare(
    base,
    withMemory(head, (index) => (index === 0 ? 0 : null)),
  );
  const { verdict: found, change, warnings } = of(result, `${cell}/memory-idle`);
  assert.equal(found.kind, 'same');
  assert.equal(change?.count, 11);
  assert.match(warnings[0]?.message ?? '', /^1 of 12 pairs left out: a value of 0 has no ratio$/);
  assert.match(comparisonText(result, { color: false, all: false }), /1 of 12 pairs left out/);
});

test('a gated figure that falls to 0 or rises from it is named in the headline', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const nothing = (run: RunResult) => withMemory(run, () => 0);
  const { outcome } = compare(base, nothing(head));
  assert.equal(outcome.exitCode, 0);
  assert.match(
    outcome.summary,
    /Not comparable: private memory idle of crud-go, history at 100\/s \(it fell to 0, and a value of 0 has no ratio\)\.$/,
  );
  assert.match(compare(nothing(base), head).outcome.summary, /rose from 0/);
  const worse = pairedRuns(12, usual, { cpuFactor: 1.05 });
  assert.match(
    compare(worse.base, nothing(worse.head)).outcome.summary,
    /^Worse: .*Not comparable: private memory idle/,
  );
});

test('a residue of floating-point subtraction is no CPU', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const idle = (run: RunResult, idleCpuMsPerSec: number) =>
    withTrials(run, (trial) =>
      trial.status === 'ok' ? { ...trial, measurement: { ...trial.measurement, idleCpuMsPerSec } } : trial,
    );
  assert.match(verdict(idle(base, 8.88e-16), idle(head, 0.77), `${cell}/idle-cpu`).reason, /rose from 0/);
});
