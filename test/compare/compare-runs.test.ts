import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gate } from '../../bench/gate.ts';
import { applyConfirmation, markCutShort } from '../../src/compare/outcome.ts';
import type { VerdictKind } from '../../src/model/comparison.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import { cell, compare, cpu, of, usual, verdict, withTrials } from '../support/compared.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import {
  failedTrial,
  invalidTrial,
  okTrials,
  overloadedTrial,
  ready,
  runResult,
  skipped,
  wrongTrial,
} from '../support/run-result.ts';

function notComparable(base: RunResult, head: RunResult, field: string | null, reason: RegExp): void {
  const result = compare(base, head);
  const found = of(result, cpu).verdict;
  assert.equal(found.kind, 'not-comparable');
  assert.equal(found.kind === 'not-comparable' && found.field, field);
  assert.match(found.reason, reason);
  assert.equal(result.outcome.exitCode, 3);
}

test('five per cent more CPU in twelve pairs of little noise is worse, with its interval, and ends in 1', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const result = compare(base, head);
  const { verdict: found, change, role } = of(result, cpu);
  assert.equal(role, 'gated');
  assert.equal(found.kind, 'worse');
  assert.equal(change?.method, 'paired');
  assert.ok((change?.interval?.lowRatio ?? 0) > 0.03 && (change?.interval?.highRatio ?? 1) < 0.07);
  assert.equal(result.outcome.exitCode, 1);
  assert.match(result.outcome.summary, /^Worse: CPU per request of crud-go, history at 100\/s, \+5\.\d % \[\+/);
});

test('the other way round it is better, and ends in 0', () => {
  const { base, head } = pairedRuns(12, { cpuFactor: 1.05 }, usual);
  const result = compare(base, head);
  assert.equal(of(result, cpu).verdict.kind, 'better');
  assert.equal(result.outcome.exitCode, 0);
});

test('a change that is sure but smaller than what matters is the same, and much noise is inconclusive, never the same', () => {
  const small = pairedRuns(20, usual, { cpuFactor: 1.01 }, { noiseRatio: 0.002 });
  assert.equal(verdict(small.base, small.head).kind, 'same');
  const noisy = pairedRuns(12, usual, { cpuFactor: 1.01 }, { noiseRatio: 0.08 });
  const found = verdict(noisy.base, noisy.head);
  assert.equal(found.kind === 'inconclusive' && found.countToHalveInterval, 48);
});

test('a smallest effect of one’s own makes a worse one the same', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  assert.equal(verdict(base, head, cpu, { minEffectRatio: 0.1 }).kind, 'same');
});

test('p is adjusted over the gated metrics of one cell an implementation, and metrics only shown are not', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const result = compare(base, head);
  assert.equal(result.familyCount, 5);
  const gated = of(result, cpu).change;
  assert.equal(gated?.pWorseAdjusted, 5 * (gated?.pWorse ?? 0));
  const shown = of(result, `${cell}/cores-used`);
  assert.equal(shown.role, 'informative');
  assert.equal(shown.change?.pWorseAdjusted, shown.change?.pWorse);
});

test('the policy’s rate gates, else the median rate; errors gate at every rate', () => {
  const at = (rates: number[]) => rates.flatMap((ratePerSec) => okTrials(3, { ratePerSec }));
  const rolesOf = (rates: number[]) => {
    const { comparisons } = compare(
      runResult({ runId: 'a', trials: at(rates) }),
      runResult({ runId: 'b', trials: at(rates) }),
    );
    const gated = comparisons.filter(({ role }) => role === 'gated');
    const cpuRates = gated.filter(({ metricId }) => metricId === 'cpu-per-request').map((one) => one.cell.ratePerSec);
    assert.equal(gated.filter(({ metricId }) => metricId === 'errors').length, rates.length);
    return cpuRates;
  };
  assert.deepEqual(rolesOf([25, 100, 400]), [400]);
  assert.deepEqual(rolesOf([20, 40, 80]), [40]);
});

test('the interval must clear the noise floor of A/A runs too, and the text says so', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const floored = (floor: number) => of(compare(base, head, { noiseFloors: new Map([[cpu, floor]]) }), cpu);
  assert.match(floored(0.01).verdict.reason, /beyond this machine’s floor of 1 %/);
  assert.equal(floored(0.01).verdict.kind, 'worse');
  assert.equal(floored(0.06).verdict.kind, 'inconclusive');
});

test('three trials a side are compared as wholes, and are too few whatever they show', () => {
  const base = runResult({ runId: 'a', trials: okTrials(3) });
  const result = compare(base, runResult({ runId: 'b', trials: okTrials(3, { cpuPerRequestMs: 0.9 }) }));
  const { verdict: found, change } = of(result, cpu);
  assert.equal(found.kind, 'too-few');
  assert.equal(change?.method, 'two-sample');
  assert.match(found.reason, /3 trials a side can never reach p 0\.05 over 5 comparisons; 5 can/);
  assert.equal(result.outcome.exitCode, 3);
});

test('twelve trials a side without pairs are compared by the rank-sum test', () => {
  const base = runResult({ runId: 'a', trials: okTrials(12) });
  const result = compare(base, runResult({ runId: 'b', trials: okTrials(12, { cpuPerRequestMs: 0.6 }) }));
  assert.equal(of(result, cpu).verdict.kind, 'worse');
  assert.equal(of(result, cpu).change?.method, 'two-sample');
});

test('pair numbers of two sessions have nothing to do with each other', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const other = withTrials(head, (trial) => ({
    ...trial,
    spec: { ...trial.spec, pair: { sessionId: 'another', number: trial.spec.pair?.number ?? 1 } },
  }));
  assert.equal(of(compare(base, other), cpu).change?.method, 'two-sample');
});

test('a pair of which one trial does not count is left out, and a repeated pair counts by its last attempt', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const lacking = withTrials(head, (trial, index) =>
    index === 3 ? invalidTrial({ ...trial.spec, ratePerSec: 100 }) : trial,
  );
  assert.equal(of(compare(base, lacking), cpu).change?.count, 11);
  const again = (run: RunResult, cpuPerRequestMs: number): RunResult => {
    const [repeated] = okTrials(1, { cpuPerRequestMs, attempt: 2, pair: { sessionId: 'session', number: 1 } });
    return { ...run, trials: [...run.trials, ...(repeated ? [repeated] : [])] };
  };
  const { base: side, change } = of(compare(again(base, 5), again(head, 5)), cpu);
  assert.equal(change?.count, 12);
  assert.ok(side?.values.includes(5));
});

test('base ok and head overloaded or failed is worse by the errors rule', () => {
  const base = runResult({ runId: 'a', trials: okTrials(3) });
  for (const broken of [overloadedTrial, failedTrial]) {
    const trials = [1, 2, 3].map((repetition) => broken({ repetition }));
    const result = compare(base, runResult({ runId: 'b', trials }));
    const found = of(result, `${cell}/errors`).verdict;
    assert.equal(found.kind === 'worse' && found.rule, 'errors');
    assert.equal(result.outcome.exitCode, 1);
  }
});

test('one failed trial of twelve, or two errors more, are no regression; ten of ten thousand are', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const one = withTrials(head, (trial, index) =>
    index === 0 ? failedTrial({ ...trial.spec, ratePerSec: 100 }) : trial,
  );
  assert.equal(verdict(base, one, `${cell}/errors`).kind, 'inconclusive');
  const erring = (count: number) =>
    withTrials(head, (trial, index) => (trial.status === 'ok' && index === 0 ? wrongAnswers(trial, count) : trial));
  assert.equal(verdict(base, erring(2), `${cell}/errors`).kind, 'inconclusive');
  assert.equal(verdict(base, erring(10), `${cell}/errors`).kind, 'worse');
  assert.equal(verdict(erring(10), base, `${cell}/errors`).kind, 'better');
});

function wrongAnswers(trial: Extract<Trial, { status: 'ok' }>, wrongCount: number): Trial {
  const { load } = trial.measurement;
  if (load === null) return trial;
  const counts = { ...load.counts, okCount: load.counts.okCount - wrongCount, wrongCount };
  return { ...trial, measurement: { ...trial.measurement, load: { ...load, counts } } };
}

test('nothing is compared across machines, hidden settings, database settings or harness versions: the field is named', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const machine = (change: Partial<RunResult['machine']>) => ({ ...head, machine: { ...head.machine, ...change } });
  notComparable(base, machine({ kernel: '6.9.9' }), 'machine.kernel', /base "6\.1\.0", head "6\.9\.9"/);
  const hugePages = { ...head.machine.systemSettings, 'huge pages': 'always' };
  notComparable(base, machine({ systemSettings: hugePages }), 'machine.systemSettings.huge pages', /"madvise"/);
  notComparable(base, { ...head, versions: { ...head.versions, node: '24.0.0' } }, 'versions.node', /24\.0\.0/);
  const database = { kind: 'embedded' as const, version: '18.4', settings: { synchronous_commit: 'off' } };
  notComparable(base, { ...head, database }, 'database.settings.synchronous_commit', /"on".*"off"/);
});

test('nor across versions of contract or workload, or settings of a trial, between the sides or within one', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const spec = (change: object) =>
    withTrials(head, (trial) => ({ ...trial, spec: { ...trial.spec, ...change } }) as Trial);
  notComparable(base, spec({ workloadVersion: 2 }), 'spec.workloadVersion', /base 1, head 2/);
  notComparable(base, spec({ contractVersion: 2 }), 'spec.contractVersion', /base 1, head 2/);
  notComparable(base, spec({ workerCount: 4 }), 'spec.workerCount', /base 2, head 4/);
  const mixed = withTrials(head, (trial, index) => ({
    ...trial,
    spec: { ...trial.spec, idleMs: index < 6 ? 2_000 : 500 },
  }));
  notComparable(base, mixed, 'spec.idleMs', /base 2000, head 2000 and 500/);
  notComparable({ ...mixed, runId: 'mixed' }, head, 'spec.idleMs', /base 2000 and 500, head 2000/);
});

test('the same run twice proves nothing', () => {
  const { base } = pairedRuns(12, usual, usual);
  notComparable(base, base, 'runId', /the same run/);
});

test('identical samples of two runs are the same, without a p', () => {
  const { base } = pairedRuns(12, usual, usual);
  assert.equal(verdict(base, { ...base, runId: 'again' }).kind, 'same');
});

test('one pair is too few, one outlier of a hundredfold moves neither estimate nor verdict', () => {
  const single = pairedRuns(1, usual, { cpuFactor: 2 });
  assert.match(verdict(single.base, single.head).reason, /1 pair can never reach p 0\.05 over 5 comparisons; 7 can/);
  const { base, head } = pairedRuns(12, usual, usual);
  const [huge] = okTrials(1, { cpuPerRequestMs: 50, pair: { sessionId: 'session', number: 4 }, repetition: 4 });
  const outlying = withTrials(head, (trial, index) => (index === 3 && huge ? huge : trial));
  const { change, verdict: found } = of(compare(base, outlying), cpu);
  assert.ok(Math.abs(change?.ratio ?? 1) < 0.01);
  assert.notEqual(found.kind, 'worse');
});

test('a metric that a side lacks is not comparable, with the reason; the others are compared', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const withoutMemory = withTrials(head, (trial) => {
    if (trial.status !== 'ok') return trial;
    return {
      ...trial,
      measurement: { ...trial.measurement, memory: { ...trial.measurement.memory, idleBytes: null } },
    };
  });
  assert.equal(verdict(base, withoutMemory, `${cell}/memory-idle`).kind, 'not-comparable');
  assert.equal(verdict(base, withoutMemory, `${cell}/memory-median`).kind, 'same');
  const allVoid = withTrials(head, (trial) => (trial.status === 'ok' ? { ...trial, latencyDiscarded: true } : trial));
  assert.match(
    verdict(base, allVoid, `${cell}/response-p50`).reason,
    /^head has no value of it that counts: 12 trials, 12 ok but with latencies discarded \(the generator was delayed\)$/,
  );
});

test('an implementation of one side is added or removed; skipped, unbuilt and unfinished ones are not', () => {
  const both = runResult({
    runId: 'a',
    trials: [...okTrials(3), ...okTrials(3, { implementation: 'crud-node-async' })],
  });
  const one = runResult({ runId: 'b', trials: okTrials(3) });
  const other = 'crud-node-async/history/warm/100/cpu-per-request';
  const kind = (base: RunResult, head: RunResult): VerdictKind => verdict(base, head, other).kind;
  assert.equal(kind(both, one), 'removed');
  assert.equal(kind(one, both), 'added');
  assert.match(verdict(both, one, other).reason, /^head did not measure this/);
  const lacking = { ...one, implementations: [ready('crud-go'), skipped('crud-node-async', 'no node', 'install it')] };
  assert.match(verdict(both, lacking, other).reason, /skipped in head: no node/);
  const unbuilt = { status: 'failed' as const, manifest: ready('crud-node-async').manifest, code: 'build-failed' };
  const broken = { ...one, implementations: [ready('crud-go'), { ...unbuilt, message: 'tsc says no', logTail: '' }] };
  assert.match(verdict(both, broken, other).reason, /could not be built in head: tsc says no/);
  const cut: RunResult = { ...one, state: 'interrupted', implementations: both.implementations };
  assert.match(verdict(both, cut, other).reason, /head was cut short/);
  assert.ok(compare(both, cut).warnings.some(({ code }) => code === 'cut-short'));
});

test('implementations without pairs are reported too: added, removed, unbuilt, or wrong at head', () => {
  const run = (runId: string, implementations: RunResult['implementations']) =>
    runResult({ runId, trials: [], implementations });
  const unbuilt = {
    status: 'failed' as const,
    manifest: ready('crud-go').manifest,
    code: 'build-failed',
    message: 'go says no',
    logTail: '',
  };
  const wrong = {
    ...ready('crud-go'),
    conformance: { status: 'failed' as const, checkCount: 9, failures: ['GET /health: 200, not 404'] },
  } as RunResult['implementations'][number];
  const outcomeOf = (base: RunResult['implementations'], head: RunResult['implementations']) => {
    const { comparisons, outcome } = compare(run('a', base), run('b', head));
    return [comparisons[0]?.verdict.kind, outcome.exitCode];
  };
  assert.deepEqual(outcomeOf([], [ready('crud-go')]), ['added', 0]);
  assert.deepEqual(outcomeOf([ready('crud-go')], []), ['removed', 0]);
  assert.deepEqual(outcomeOf([ready('crud-node-async')], [ready('crud-go')]), ['added', 0]);
  assert.deepEqual(outcomeOf([unbuilt], [ready('crud-go')]), ['not-comparable', 3]);
  assert.deepEqual(outcomeOf([ready('crud-go')], [unbuilt]), ['not-comparable', 3]);
  assert.deepEqual(outcomeOf([ready('crud-go')], [wrong]), ['worse', 1]);
  assert.deepEqual(outcomeOf([ready('crud-go')], [ready('crud-go')]), [undefined, 3]);
});

test('head that no longer keeps its contract is worse whatever its figures', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 0.5 });
  const conformance = { status: 'failed' as const, checkCount: 9, failures: ['GET /files/{id}: 200, not 404'] };
  const wrong = {
    ...head,
    implementations: head.implementations.map((one) => ({ ...one, conformance }) as typeof one),
  };
  const result = compare(base, wrong);
  const found = of(result, cpu).verdict;
  assert.equal(found.kind === 'worse' && found.rule, 'contract');
  assert.match(found.reason, /GET \/files/);
  assert.equal(result.outcome.exitCode, 1);
});

test('all trials invalid is nothing decidable', () => {
  const base = runResult({ runId: 'a', trials: okTrials(3) });
  const trials = [1, 2, 3].map((repetition) => invalidTrial({ repetition }));
  const result = compare(base, runResult({ runId: 'b', trials }));
  assert.equal(result.outcome.exitCode, 3);
  assert.match(result.outcome.summary, /machine’s fault/);
});

test('a waiver lets a known change through, visibly, until its day', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const waiver = { cell, reason: 'TLS', until: '2026-06-01' };
  const on = (today: string) => compare(base, head, { waivers: [waiver], today });
  assert.equal(on('2026-06-01').outcome.exitCode, 0);
  assert.match(
    on('2026-06-01').outcome.summary,
    /: 1 waived, 5 the same \(6 gated comparisons\)\. Waived: CPU per request/,
  );
  assert.deepEqual(of(on('2026-06-01'), cpu).waiver, waiver);
  assert.equal(on('2026-06-02').outcome.exitCode, 1);
  assert.ok(on('2026-06-02').warnings.some(({ code }) => code === 'waiver-ended'));
  assert.equal(compare(base, head, { waivers: [{ ...waiver, cell: 'crud-g' }] }).outcome.exitCode, 1);
});

test('a waiver may end in a slash, and one that covers nothing compared is a warning', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const on = (waived: string) =>
    compare(base, head, { waivers: [{ cell: waived, reason: 'TLS', until: '2026-06-01' }] });
  assert.equal(on('crud-go/').outcome.exitCode, 0);
  assert.deepEqual(on('crud-go/').warnings, []);
  assert.match(on('crud-og').warnings[0]?.message ?? '', /nothing compared here is covered by the waiver of crud-og/);
});

test('a flag that fresh pairs do not repeat ends in 0 and is shown', () => {
  const first = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const flagged = compare(first.base, first.head);
  const fresh = (factor: number) => {
    const { base, head } = pairedRuns(12, usual, { cpuFactor: factor }, { seed: 2 });
    return compare(base, head);
  };
  const refuted = applyConfirmation(flagged, fresh(1));
  assert.equal(of(refuted, cpu).confirmation, 'unconfirmed');
  assert.equal(refuted.outcome.exitCode, 0);
  assert.match(refuted.outcome.summary, /Not confirmed: CPU per request/);
  const repeated = applyConfirmation(flagged, fresh(1.05));
  assert.equal(of(repeated, cpu).confirmation, 'confirmed');
  assert.equal(repeated.outcome.exitCode, 1);
});

test('a flag whose fresh pairs were cut short is no regression yet, and says so', () => {
  const { base, head } = pairedRuns(12, usual, { cpuFactor: 1.05 });
  const open = markCutShort(compare(base, head));
  assert.equal(of(open, cpu).confirmation, 'cut-short');
  assert.deepEqual([open.outcome.kind, open.outcome.exitCode], ['undecidable', 3]);
  assert.match(open.outcome.summary, /^Worse, not confirmed \(cut short\): CPU per request/);
});

test('the policy of the checkout gates only metrics that there are', () => {
  const { base, head } = pairedRuns(12, usual, usual);
  const { comparisons } = compare(base, head);
  for (const metricId of Object.keys(gate.metrics))
    assert.equal(of({ ...compare(base, head), comparisons }, `${cell}/${metricId}`).role, 'gated');
});

test('wrong in one of sixteen pairs: head is worse by its contract, and fresh pairs that are right change nothing', () => {
  const { base, head } = pairedRuns(16, usual, usual);
  const once = withTrials(head, (trial, index) => (index === 7 ? { ...wrongTrial(), spec: trial.spec } : trial));
  const first = compare(base, once);
  const found = of(first, cpu).verdict;
  assert.ok(found.kind === 'worse' && found.rule === 'contract');
  assert.match(found.reason, /3 wrong answers/);
  assert.equal(first.outcome.exitCode, 1);
  assert.equal(applyConfirmation(first, compare(base, head)).outcome.exitCode, 1);
});
