import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historiesOf, type Trend } from '../../src/compare/history.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { historyText } from '../../src/report/history-text.ts';
import { okTrials, runResult } from '../support/run-result.ts';

/** One result a day, of a commit that says which; from the sixth on CPU costs a tenth more. */
const runs: RunResult[] = Array.from({ length: 12 }, (_, index) =>
  runResult({
    runId: `run-${index}`,
    startedAt: `2026-02-${String(index + 1).padStart(2, '0')}T00:00:00.000Z`,
    commit: { sha: `${index}`.repeat(40), subject: `commit ${index}`, dirty: false },
    trials: okTrials(3, { cpuPerRequestMs: (index < 6 ? 0.5 : 0.55) * (1 + 0.002 * (index % 3)) }),
  }),
);

function trend(of: readonly RunResult[], metricId: string): Trend {
  const found = historiesOf(of)[0]?.trends.find((one) => one.metricId === metricId);
  assert.ok(found);
  return found;
}

test('a change of level is found at its commit, and none where there is none', () => {
  const { points, changePoint } = trend([...runs].reverse(), 'cpu-per-request');
  assert.deepEqual(
    points.map(({ runId }) => runId),
    runs.map(({ runId }) => runId),
  );
  assert.equal(changePoint?.at.runId, 'run-6');
  assert.ok(Math.abs((changePoint?.ratio ?? 0) - 0.1) < 0.005);
  assert.equal(trend(runs, 'memory-idle').changePoint, null);
  assert.equal(trend(runs.slice(4, 8), 'cpu-per-request').changePoint, null);
});

test('another machine has a history of its own; other settings and versions are left out and named', () => {
  const machine = { ...runResult().machine, id: 'm-other', cpuModel: 'Another CPU' };
  const odd = { ...(runs[3] as RunResult), runId: 'odd', versions: { node: '24', paceline: '0.1.0' } };
  const histories = historiesOf([...runs, { ...(runs[0] as RunResult), machine }, odd]);
  assert.equal(histories.length, 2);
  const main = histories.find(({ leftOut }) => leftOut.length > 0);
  assert.deepEqual(
    main?.leftOut.map(({ runId }) => runId),
    ['odd'],
  );
  assert.match(main?.leftOut[0]?.reason ?? '', /versions\.node differs/);
  const newer = runs.map((run, index) => ({
    ...run,
    trials: run.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, workloadVersion: index < 9 ? 1 : 2 } })),
  }));
  assert.equal(trend(newer as RunResult[], 'cpu-per-request').points.length, 3);
});

test('the terminal names the commit of the change', () => {
  const text = historyText(historiesOf(runs));
  assert.match(text, /CPU per request, ms +12 +0\.50 +0\.55 +\+10\.\d % +66666666 commit 6 \(\+10\.\d %\)/);
});
