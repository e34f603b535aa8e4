import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Trend, trendsByModel } from '../../src/compare/trend.ts';
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
  const found = trendsByModel(of)[0]?.trends.find((one) => one.metricId === metricId);
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
  const histories = trendsByModel([...runs, { ...(runs[0] as RunResult), machine }, odd]);
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
  const [history] = trendsByModel([...runs, short]);
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
  const histories = trendsByModel([...runs, primitives]);
  assert.deepEqual(histories[0]?.excluded, []);
  assert.equal(trend([...runs, primitives], 'cpu-per-request').points.length, 12);
  assert.match(trendText(trendsByModel([primitives])), /No result has a trial of a service/);
});

test('the terminal names the commit of the change', () => {
  const text = trendText(trendsByModel(runs));
  assert.match(text, /CPU per request, ms +12 +0\.50 +0\.55 +\+10\.\d % +66666666 commit 6 \(\+10\.\d %\)/);
});

const twoByTurns = ['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'];
const noise = (index: number) => 1 + 0.002 * ((index * 7) % 5);

/** One result a night, of the machine that was given; `costOf` is CPU per request by implementation. */
function nightly(machines: readonly string[], costOf: (index: number, machine: string) => Record<string, number>) {
  return machines.map((id, index) =>
    runResult({
      ...runs[0],
      runId: `night-${index}`,
      startedAt: new Date(Date.UTC(2026, 3, index + 1)).toISOString(),
      commit: { sha: `${index % 10}`.repeat(40), subject: `commit ${index}`, dirty: false },
      machine: { ...runResult().machine, id, kernel: `6.1-${id}` },
      trials: Object.entries(costOf(index, id)).flatMap(([implementation, cost]) =>
        okTrials(3, { implementation, cpuPerRequestMs: cost * noise(index) }),
      ),
    }),
  );
}

function changeOf(of: readonly RunResult[]) {
  return trend(of, 'cpu-per-request').changePoint;
}

test('machines of one model share a trend: each is measured by its own level, and the spread is shown', () => {
  const cost = (index: number, machine: string) => ({
    'crud-go': (index < 8 ? 0.5 : 0.55) * (machine === 'a' ? 1 : 1.3),
  });
  const history = nightly(twoByTurns, cost);
  const found = trend(history, 'cpu-per-request');
  assert.deepEqual([found.points.length, found.changePoint?.at.runId], [16, 'night-8']);
  assert.equal(found.changePoint?.cause, 'commit');
  assert.ok(Math.abs((found.changePoint?.ratio ?? 0) - 0.1) < 0.01);
  assert.ok(Math.abs((found.machineSpreadRatio ?? 0) - 0.3) < 0.02);
  const text = trendText(trendsByModel(history));
  assert.match(text, /machine a: .*8 results\n +machine b: .*8 results/);
  assert.match(text, /machines differ by/);
  const once = nightly([...twoByTurns, 'c'], cost);
  assert.equal(trend(once, 'cpu-per-request').points.at(-1)?.normalisedValue, null);
  assert.match(trendText(trendsByModel(once)), /CPU per request, ms +16 of 17 /);
});

test('a step that came with another machine is not called a commit’s', () => {
  const machines = Array.from({ length: 12 }, (_, index) => (index < 6 ? 'a' : 'b'));
  const history = nightly(machines, (_, machine) => ({ 'crud-go': machine === 'a' ? 0.5 : 0.65 }));
  assert.equal(changeOf(history)?.cause, 'machine');
  const text = trendText(trendsByModel(history)).replaceAll(/\s+/g, ' ');
  assert.match(text, /the machine changed, so no commit is named \(\+\d\d.* since 2026-04-07\)/);
});

test('a step of all implementations of a question is none of theirs; one that moved against the others keeps its commit', () => {
  const one = Array.from({ length: 16 }, () => 'a');
  const own = (index: number) => 1 + 0.003 * ((index * 5) % 7);
  const slower = nightly(one, (index) => {
    const all = index < 8 ? 1 : 1.2;
    return { 'crud-go': 0.5 * all * own(index), 'crud-node-async': 0.8 * all };
  });
  assert.equal(changeOf(slower)?.cause, 'shared');
  assert.match(trendText(trendsByModel(slower)).replaceAll(/\s+/g, ' '), /the other implementations moved too/);
  const single = nightly(one, (index) => ({
    'crud-go': (index < 8 ? 0.5 : 0.6) * own(index),
    'crud-node-async': 0.8,
  }));
  assert.equal(changeOf(single)?.cause, 'commit');
});
