import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idleEntry, paperEntry } from '../../bench/raft/entries.ts';
import type { PublishedElections } from '../../src/model/cluster.ts';
import type { Trial } from '../../src/model/trial.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { summarizeElections } from '../../src/report/build/elections.ts';
import type { LineChart } from '../../src/report/charts/chart.ts';
import { questionCharts } from '../../src/report/charts/question-charts.ts';
import { reportCharts } from '../../src/report/charts/report-charts.ts';
import { reportHtml } from '../../src/report/html/report.ts';
import { reportMarkdown } from '../../src/report/text/markdown.ts';
import { reportText } from '../../src/report/text/report-text.ts';
import { clusterTrial, elections, raftRun, raftRunWithin } from '../support/raft-examples.ts';
import { okTrials, runResult } from '../support/run-result.ts';

const model = buildReport(raftRun(), []);
const text = reportText(model, { color: false, resultPath: null, reportPath: null });
const cells = model.groups.flatMap((group) => group.questions);

function electionTrials(timesMs: readonly (number | null)[], termCount = 1) {
  const entry = idleEntry('election', { cluster: { sizes: [5] } });
  const records = timesMs.map((electionMs) => ({ electionMs, termCount: electionMs === null ? null : termCount }));
  const trial = clusterTrial({
    implementation: 'raft-go',
    cell: entry,
    size: 5,
    fault: 'crash-leaders',
    figures: { elections: records },
  });
  return trial.status === 'ok' ? [trial] : [];
}

const evenly = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * index) / (count - 1));

function verdicts(timesMs: readonly (number | null)[], published: PublishedElections) {
  return summarizeElections(electionTrials(timesMs), null, published)?.comparisons.map(({ verdict }) => verdict);
}

test('sizes, time-outs and rates make different questions, in the order of the scenario', () => {
  assert.deepEqual(
    cells.map(({ conditions }) => conditions),
    [
      'on election, 3 nodes, time-outs 150–300 ms',
      'on election, 5 nodes, time-outs 150–300 ms',
      'on election, 5 nodes, time-outs 150–300 ms, 5 ms on each message',
      'at 100/s on put, 3 nodes, time-outs 150–300 ms',
      'at 100/s on leader-loss, 3 nodes, time-outs 150–300 ms',
      'on scale, 3 nodes, time-outs 150–300 ms',
      'on scale, 25 nodes, time-outs 150–300 ms',
      'on scale, 301 nodes, time-outs 150–300 ms',
    ],
  );
});

test('elections are pooled; those that never ended are counted and keep the curve below all', () => {
  const found = summarizeElections(electionTrials([...evenly(100, 200, 99), null]), null, null);
  assert.ok(found);
  assert.equal(found.timesMs.length, 99);
  assert.equal(found.unfinishedCount, 1);
  assert.equal(found.p50?.estimate, 150);
  assert.equal(found.maxMs, 200);
  assert.equal(found.p99, null);
});

test('a split vote is an election of more than one term, and theory stands beside it', () => {
  const [trial] = electionTrials([100], 2);
  assert.ok(trial);
  const key = {
    size: 5,
    electionTimeoutMinMs: 150,
    electionTimeoutMaxMs: 155,
    networkDelayUs: 0,
    durability: 'file',
    heartbeatBeforeCrash: false,
    laggingFollowerCount: 0,
  } as const;
  const delayed = {
    ...trial,
    measurement: {
      ...trial.measurement,
      cluster: trial.measurement.cluster && {
        ...trial.measurement.cluster,
        oneWayDelay: { count: 1, p50Ms: 0.5, p99Ms: 1 },
      },
    },
  };
  const found = summarizeElections([delayed], key, null);
  assert.equal(found?.splitVoteRatio, 1);
  assert.equal(found?.meanTerms, 2);
  assert.equal(found?.expectedSplitVoteRatio?.toFixed(3), '0.052');
});

test('a published quantile is inside our interval, near it, or not reproduced', () => {
  const published = (valueMs: number): PublishedElections => ({
    source: 'somewhere',
    quantiles: [{ probability: 0.5, valueMs }],
    minMs: null,
  });
  const times = evenly(100, 200, 400);
  assert.deepEqual(verdicts(times, published(150)), ['inside']);
  assert.deepEqual(verdicts(times, published(140)), ['close']);
  assert.deepEqual(verdicts(times, published(120)), ['outside']);
  assert.deepEqual(verdicts([null], published(120)), ['unknown']);
  const p99: PublishedElections = { source: '', quantiles: [{ probability: 0.99, valueMs: 400 }], minMs: null };
  assert.deepEqual(verdicts(evenly(100, 200, 60), p99), ['unknown']);
  assert.deepEqual(verdicts(evenly(300, 410, 10), p99), ['unknown'], 'near, but by ten elections');
});

test('“longer than” is reproduced when most of ours are, those that never ended included', () => {
  const published: PublishedElections = { source: 'somewhere', quantiles: [], minMs: 9_800 };
  assert.deepEqual(verdicts([null, null, 500], published), ['inside']);
  assert.deepEqual(verdicts([null, 500, 500], published), ['outside']);
});

test('the published curve is drawn beside ours, under its own name', () => {
  const paper = cells.find(({ conditions }) => conditions.includes('5 ms on each'));
  assert.ok(paper);
  const chart = questionCharts(paper).find(({ id }) => id.endsWith('-elections')) as LineChart;
  assert.deepEqual(
    chart.lines.map(({ label }) => label),
    ['raft-go', 'raft-node-async', 'raft-python-asyncio', 'published'].sort((a, b) =>
      a === 'published'
        ? 1
        : b === 'published'
          ? -1
          : chart.lines.findIndex((line) => line.label === a) - chart.lines.findIndex((line) => line.label === b),
    ),
  );
  const published = chart.lines.at(-1);
  assert.deepEqual(
    published?.points.map(({ x, y }) => [x, y]),
    [
      [171, 50],
      [406, 99],
      [603, 100],
    ],
  );
});

test('the terminal has columns for what was asked, and none about requests where none were sent', () => {
  const [first = ''] = text.split('Sustained the rate');
  assert.match(first, /elections +election +p90 +max +split +expected +idle/);
  assert.doesNotMatch(first, /per request/);
  assert.match(text, /unavail\./);
  assert.match(text, /raft-go p50: published 171 ms, here \d+ \(\d+–\d+\) ms: reproduced/);
});

test('elections rank by the interval of their median, with one trial each', () => {
  const entry = idleEntry('election', { cluster: { sizes: [3] } });
  const trials = [
    ['raft-go', 150],
    ['raft-node-async', 300],
  ].map(([implementation, middleMs]) =>
    clusterTrial({
      implementation: String(implementation),
      cell: entry,
      size: 3,
      fault: 'crash-leaders',
      figures: { elections: elections(60, Number(middleMs), 3) },
    }),
  );
  const ranked = buildReport(runResult({ trials }), []).groups.flatMap((group) =>
    group.questions.flatMap(({ answers }) => answers),
  );
  const shortest = ranked.find(({ subject }) => subject.startsWith('Shortest election'));
  assert.equal(shortest?.verdict, 'distinct');
  assert.equal(shortest?.parts[0]?.text, 'raft-go');
});

test('the largest cluster is shown for every implementation, with the reason why no larger one', () => {
  const largest = model.groups.flatMap((group) => group.largest);
  assert.deepEqual(
    largest.map(({ row, size, okCount }) => [row.implementation.id, size, okCount]),
    [
      ['raft-go', 301, 9],
      ['raft-node-async', 301, 9],
      ['raft-python-asyncio', 25, 9],
    ],
  );
  assert.match(text, /raft-python-asyncio: 25 nodes \(9 of 9 starts\); 301 nodes: overloaded in 2 trials/);
  assert.match(reportMarkdown(model), /### Largest cluster\n\n- raft-go: 301 nodes/);
});

test('a size that no start was made of is beyond the limit only where the implementation declares so', () => {
  const why = (clusterSize: number) => {
    const run = raftRunWithin(clusterSize);
    const trials = run.trials.filter(({ spec }) => spec.cluster?.size !== 301);
    return buildReport({ ...run, trials }, []).groups.flatMap(({ largest }) =>
      largest.map((one) => [one.size, one.isMax, one.limitReason]),
    );
  };
  assert.deepEqual(why(301)[0], [25, false, '301 nodes: unknown, too few of their starts counted']);
  assert.deepEqual(why(101)[0], [25, true, '301 nodes are beyond what it declares as its limit']);
});

test('the largest size of a search is the maximum only where a larger size failed or cannot be had', () => {
  const isGreatest = model.groups.flatMap(({ largest }) =>
    largest.map(({ row, isMax }) => [row.implementation.id, isMax]),
  );
  assert.deepEqual(Object.fromEntries(isGreatest), {
    'raft-go': false,
    'raft-node-async': false,
    'raft-python-asyncio': true,
  });
});

test('memory and CPU of a node are drawn against the size on axes that grow by factors', () => {
  const charts = [...reportCharts(model).values()].flat();
  for (const metric of ['node-memory', 'node-cpu']) {
    const chart = charts.find(({ id }) => id.startsWith('raft-scale') && id.endsWith(metric)) as LineChart;
    assert.deepEqual([chart.x.scale, chart.y.scale], ['logarithmic', 'logarithmic']);
    assert.deepEqual(
      chart.x.ticks?.map(({ value }) => value),
      [3, 25, 301],
    );
  }
});

test('a run without clusters says nothing of them', () => {
  const crud = reportText(buildReport(runResult({ trials: okTrials(3) }), []), {
    color: false,
    resultPath: null,
    reportPath: null,
  });
  assert.doesNotMatch(crud, /election|node|Largest/);
});

test('the published lines are all asked, under their conditions', () => {
  const { cluster } = paperEntry(12, 24, 10, 3_000);
  assert.deepEqual([cluster?.heartbeatMs, cluster?.laggingFollowerCount, cluster?.sizes], [6, 2, [5]]);
  assert.equal(cluster?.published?.quantiles[0]?.valueMs, 30);
});

test('a page of quiet clusters speaks of no requests, no database and no answers that it does not have', () => {
  const run = raftRun();
  const quiet = run.trials.filter(
    ({ spec }) => spec.loadPlan.ratePerSec === 0 && spec.cluster?.networkDelayUs === 5_000,
  );
  const entries = run.scenario.entries.filter(({ cluster }) => cluster?.networkDelayUs === 5_000);
  const scenario = { ...run.scenario, entries };
  const both = [...quiet, ...quiet.map((trial) => withSize(trial, 7))].filter(
    ({ spec }) => spec.implementation === 'raft-go',
  );
  const html = reportHtml(buildReport({ ...run, database: null, scenario, trials: both }, []), {
    ...{ style: '', script: '', styleHash: '', scriptHash: '' },
  });
  assert.match(html, /no requests are sent/);
  assert.match(html, /Service and harness shared/);
  assert.match(html, /href="#raft-[^"]*">[^<]*7 nodes/);
  assert.doesNotMatch(html, /requests\/s|database/);
});

function withSize(trial: Trial, size: number): Trial {
  const { cluster } = trial.spec;
  return { ...trial, spec: { ...trial.spec, cluster: cluster === null ? null : { ...cluster, size } } };
}
