import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Trend, trendsByMachine } from '../../src/compare/trend.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { trendText } from '../../src/report/text/trend-text.ts';
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
  const found = trendsByMachine(of)[0]?.trends.find((one) => one.metricId === metricId);
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
  const histories = trendsByMachine([...runs, { ...(runs[0] as RunResult), machine }, odd]);
  assert.equal(histories.length, 2);
  const main = histories.find(({ excluded }) => excluded.length > 0);
  assert.deepEqual(
    main?.excluded.map(({ runId }) => runId),
    ['odd'],
  );
  assert.match(main?.excluded[0]?.reason ?? '', /versions\.node is "24", in the newest result of it "/);
  const newer = runs.map((run, index) => ({
    ...run,
    trials: run.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, workloadVersion: index < 9 ? 1 : 2 } })),
  }));
  assert.equal(trend(newer as RunResult[], 'cpu-per-request').points.length, 3);
});

test('results of other trial settings are left out of their cell by name, and nothing else is', () => {
  const short = runResult({
    ...runs[11],
    runId: 'short',
    startedAt: '2026-03-01T00:00:00.000Z',
    trials: [...okTrials(3, { measureMs: 1_000 }), ...okTrials(3, { ratePerSec: 400 })],
  });
  const [history] = trendsByMachine([...runs, short]);
  assert.deepEqual(
    history?.excluded.map(({ runId }) => runId),
    runs.map(({ runId }) => runId),
  );
  const text = trendText([history as NonNullable<typeof history>]).replaceAll(/\s+/g, ' ');
  assert.match(
    text,
    /Left out of “crud-go, history at 100\/s”: 33333333 commit 3 \(2026-02-04 00:00\): spec\.loadPlan\.measureMs is \d+, in the newest result of it 1000/,
  );
});

test('a result without a trial of a service decides nothing', () => {
  const primitives = runResult({
    runId: 'primitives',
    startedAt: '2026-03-01T00:00:00.000Z',
    trials: [],
    database: null,
  });
  const histories = trendsByMachine([...runs, primitives]);
  assert.deepEqual(histories[0]?.excluded, []);
  assert.equal(trend([...runs, primitives], 'cpu-per-request').points.length, 12);
  assert.match(trendText(trendsByMachine([primitives])), /No result has a trial of a service/);
});

test('the terminal names the commit of the change', () => {
  const text = trendText(trendsByMachine(runs));
  assert.match(text, /CPU per request, ms +12 +0\.50 +0\.55 +\+10\.\d % +66666666 commit 6 \(\+10\.\d %\)/);
});
