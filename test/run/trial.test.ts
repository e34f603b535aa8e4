import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowInvariant } from '../../src/model/service.ts';
import { TrialFailure } from '../../src/run/trial/observations.ts';
import { runTrial } from '../../src/run/trial/trial.ts';
import { latency } from '../support/load-result.ts';
import { trialSpec } from '../support/trial-spec.ts';
import { virtualEnvironment } from '../support/virtual-environment.ts';

const rows: RowInvariant = {
  id: 'files',
  sql: 'count files',
  expected: (before, { createdCount, deletedCount }) => ({
    minCount: before + createdCount - deletedCount,
    maxCount: before + createdCount - deletedCount,
  }),
};
const rightRows = (_: string, when: 'before' | 'after') => (when === 'before' ? 100 : 106);

test('a trial goes through its phases in this order and cleans up in reverse', async () => {
  const environment = virtualEnvironment({ rowCount: rightRows });
  const trial = await runTrial(trialSpec(), [rows], environment);
  assert.equal(trial.status, 'ok');
  assert.deepEqual(environment.log, [
    'copy-database',
    'database copied',
    'start',
    'target started',
    'idle',
    'sleep 300 ms',
    'connect',
    'generator started',
    'warm-up',
    ...[33, 33, 34, 33, 33, 34, 33, 33, 34, 33, 33, 34].map((count) => `warm-up part of ${count}`),
    'measure',
    'window opens',
    'driven from 300 ms',
    'window closes',
    'after-load',
    'sleep 300 ms',
    'invariants',
    'stop',
    'generator stopped',
    'target stops',
    'generator stopped',
    'target cleaned up',
    'database dropped',
  ]);
});

test('a measurement is made of what every phase saw', async () => {
  const trial = await runTrial(trialSpec(), [], virtualEnvironment());
  assert.ok(trial.status === 'ok');
  const { measurement } = trial;
  assert.equal(measurement.startupMs, 123);
  assert.equal(measurement.stopMs, 5);
  assert.equal(measurement.cpu.target?.perRequestMs, 0.05);
  assert.equal(measurement.cpu.target?.coresUsed, 0.05);
  assert.equal(measurement.warmupSentCount, 400);
  assert.equal(measurement.warmupConverged, true);
  assert.equal(measurement.memory.idleBytes, 1_000_000);
});

test('a target whose cost still falls is warmed up half as long again and then reported as not converged', async () => {
  const environment = virtualEnvironment({ cpuPerRequestMs: (part) => 1 / part });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'ok');
  assert.equal(environment.log.filter((line) => line.startsWith('warm-up part')).length, 18);
  assert.equal(trial.measurement.warmupSentCount, 600);
  assert.equal(trial.measurement.warmupConverged, false);
});

test('a cost that has stopped falling after the longer warm-up has converged', async () => {
  const environment = virtualEnvironment({ cpuPerRequestMs: (part) => Math.max(0.1, 1 - 0.07 * part) });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'ok');
  assert.equal(trial.measurement.warmupSentCount, 600);
  assert.equal(trial.measurement.warmupConverged, true);
});

test('a warm-up that is sent whole says nothing of its convergence', async () => {
  const environment = virtualEnvironment({ warmUpPartCount: 1, cpuPerRequestMs: (part) => 1 / part });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'ok');
  assert.equal(trial.measurement.warmupSentCount, 400);
  assert.equal(trial.measurement.warmupConverged, null);
});

test('a cold trial sends nothing before it is measured', async () => {
  const spec = trialSpec({ temperature: 'cold' });
  const environment = virtualEnvironment();
  const trial = await runTrial({ ...spec, loadPlan: { ...spec.loadPlan, warmupCount: 0 } }, [], environment);
  assert.ok(trial.status === 'ok');
  assert.equal(trial.measurement.warmupConverged, null);
  assert.ok(!environment.log.some((line) => line.startsWith('warm-up part')));
});

for (const phase of ['idle', 'connect', 'warm-up', 'measure', 'after-load']) {
  test(`a target that dies while ${phase} makes a failed trial, and everything is cleaned up`, async () => {
    const environment = virtualEnvironment({
      atPhase: (entered, { killTarget }) => {
        if (entered === phase) killTarget('exit code 7');
      },
    });
    const trial = await runTrial(trialSpec(), [], environment);
    assert.ok(trial.status === 'failed');
    assert.equal(trial.code, 'target-died');
    assert.equal(trial.message, 'exit code 7');
    assert.equal(trial.logTail, 'the last words');
    assert.deepEqual(environment.log.slice(-2), ['target cleaned up', 'database dropped']);
  });
}

for (const phase of ['copy-database', 'start', 'idle', 'connect', 'warm-up', 'measure', 'after-load', 'invariants']) {
  test(`an interruption while ${phase} is thrown on after everything was cleaned up`, async () => {
    const environment = virtualEnvironment({
      atPhase: (entered, { controller }) => {
        if (entered === phase) controller.abort(new Error('interrupted'));
      },
    });
    await assert.rejects(runTrial(trialSpec(), [], environment), /interrupted/);
    const opened = environment.log.filter((line) => /started|copied/.test(line));
    const closed = new Set(environment.log.filter((line) => /generator stopped|cleaned up|dropped/.test(line)));
    assert.equal(closed.size, opened.length);
  });
}

test('a target that never gets ready is a failed trial with the end of its log', async () => {
  const environment = virtualEnvironment({
    startTarget: () => {
      throw new TrialFailure('never-ready', 'no answer within 30 s', 'cannot bind');
    },
  });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'failed');
  assert.deepEqual([trial.phase, trial.code, trial.logTail], ['start', 'never-ready', 'cannot bind']);
  assert.equal(environment.log.at(-1), 'database dropped');
});

test('a harness bug is thrown, not recorded as a result', async () => {
  const environment = virtualEnvironment({
    startTarget: () => {
      throw new TypeError('a bug');
    },
  });
  await assert.rejects(runTrial(trialSpec(), [], environment), TypeError);
  assert.equal(environment.log.at(-1), 'database dropped');
});

test('rows that disagree with the answers fail the trial, which keeps its measurement', async () => {
  const environment = virtualEnvironment({ rowCount: (_, when) => (when === 'before' ? 100 : 105) });
  const trial = await runTrial(trialSpec(), [rows], environment);
  assert.ok(trial.status === 'failed');
  assert.equal(trial.message, 'files: 105 rows where the answers imply 106');
  assert.notEqual(trial.measurement, null);
});

test('a target that had to be killed at the end is a failed trial', async () => {
  const environment = virtualEnvironment({ stop: { stopMs: 10_000, exitCode: null, forced: true } });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'failed');
  assert.deepEqual([trial.phase, trial.code], ['stop', 'ignored-sigterm']);
});

test('wrong answers make a failed trial whose message counts and quotes them', async () => {
  const counts = {
    scheduledCount: 1000,
    sentCount: 1000,
    okCount: 990,
    wrongCount: 10,
    failedCount: 0,
    refusedCount: 0,
    timedOutCount: 0,
    inFlightCount: 0,
    unsentCount: 0,
  };
  const environment = virtualEnvironment({ load: { counts, errors: [{ reason: 'status 500', count: 10 }] } });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'failed');
  assert.equal(trial.message, '10 wrong answers: 10 × status 500');
});

test('a generator delay discards the latency and nothing else', async () => {
  const trial = await runTrial(trialSpec(), [], virtualEnvironment({ load: { generatorDelay: latency(0.5) } }));
  assert.ok(trial.status === 'ok');
  assert.equal(trial.latencyDiscarded, true);
});

test('CPU after the window is measured to the exit, without what the target uses while idle', async () => {
  const trial = await runTrial(trialSpec(), [], virtualEnvironment({ stop: { cpuMs: 1_000 } }));
  assert.ok(trial.status === 'ok');
  // The warm-up has used 400 ms before the window.
  assert.equal(trial.measurement.deferredCpuMs, 600);
});

test('work that was put off until after the window fails the trial', async () => {
  const trial = await runTrial(trialSpec(), [], virtualEnvironment({ stop: { cpuMs: 3_000 } }));
  assert.ok(trial.status === 'failed');
  assert.deepEqual([trial.phase, trial.code], ['stop', 'deferred-work']);
  assert.match(trial.message, /^2600 ms of CPU after the window ended/);
});

test('a process that left fails the trial', async () => {
  const environment = virtualEnvironment({
    window: { strayProcesses: ['process 7 of the target has left its session'] },
  });
  const trial = await runTrial(trialSpec(), [], environment);
  assert.ok(trial.status === 'failed');
  assert.deepEqual([trial.phase, trial.code], ['measure', 'process-left']);
});

for (const databaseUse of [{ connectionCount: 19 }, { storedSettings: ['default_transaction_read_only=on'] }]) {
  test(`a database used otherwise than by the others fails the trial: ${JSON.stringify(databaseUse)}`, async () => {
    const trial = await runTrial(trialSpec(), [], virtualEnvironment({ databaseUse }));
    assert.ok(trial.status === 'failed');
    assert.deepEqual([trial.phase, trial.code], ['invariants', 'database-budget']);
  });
}
