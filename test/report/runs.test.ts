import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns } from '../../src/compare/compare-runs.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import { buildJudgedReport, buildOverlay } from '../../src/report/build/runs-report.ts';
import { chartSeries, slotOf } from '../../src/report/charts/chart.ts';
import { runCharts } from '../../src/report/charts/run-charts.ts';
import { runsHtml } from '../../src/report/html/runs.ts';
import { chartData } from '../../src/report/page/chart-data.ts';
import { runsMarkdown, runsText } from '../../src/report/text/runs-text.ts';
import { compareOptions } from '../support/compared.ts';
import { pairedRuns } from '../support/paired-runs.ts';
import { badDay, recordedElsewhere, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';
import { okTrials, runResult } from '../support/run-result.ts';

const assets = { script: 'void 0', style: 'p{}', scriptHash: 'sha256-a', styleHash: 'sha256-b' };
const plain = { color: false, details: false };

function overlay(...results: [RunResult, ...RunResult[]]) {
  const runs = results.map((run, index) => ({ ...run, runId: `run-${index}` }));
  const [first, ...others] = runs as [RunResult, ...RunResult[]];
  return buildOverlay(
    others.map((other) => compareRuns(first, other, compareOptions)),
    runs,
  );
}

function runOf(count: number, cpuPerRequestMs: number): RunResult {
  const trials = okTrials(count, { cpuPerRequestMs }).map((trial) => ({
    ...trial,
    spec: { ...trial.spec, pair: null },
  }));
  return runResult({ trials });
}

const noise = { machineNoiseRatio: 0.08, controlNoiseRatio: 0.01 };
const { base, head } = pairedRuns(20, { cpuFactor: 1 }, { cpuFactor: 1.06 }, noise);
const judged = buildJudgedReport(compareRuns(base, head, compareOptions), [base, head]);

test('page, terminal and Markdown of several runs say the same sentence, each change with its interval', () => {
  const report = overlay(runOf(6, 0.5), runOf(6, 0.55), runOf(6, 0.45));
  const [cell] = report.cells;
  const sentence = cell?.sentence.map(({ text }) => text).join('') ?? '';
  assert.match(
    sentence,
    /^crud-go, history at 100\/s: CPU per request A 0\.5\d ms; B 0\.5\d ms \(\+\d.*\]\); C 0\.4\d ms \(−\d.*\]\)\.$/,
  );
  const squeezed = (text: string) => text.replaceAll(/<[^>]*>|\\|\*\*/g, '').replaceAll(/\s+/g, ' ');
  for (const text of [runsHtml(report, assets), runsText(report, plain), runsMarkdown(report)])
    assert.ok(squeezed(text).includes(sentence), text.slice(0, 500));
});

test('runs of two machines are shown beside each other and never compared, and what differs stands first', () => {
  const report = overlay(sevenAtOneRate(), recordedElsewhere());
  assert.match(report.limits[0] ?? '', /^B is shown beside A and not compared with it: machine\.id differs\.$/);
  assert.ok(report.differences.some(({ field, values }) => field === 'machine.cpuModel' && values.length === 2));
  for (const { lines } of report.cells)
    for (const { comparisons } of lines) assert.ok(comparisons.every((one) => one === null || one.change === null));
  const html = runsHtml(report, assets);
  assert.ok(html.indexOf('machine.cpuModel') < html.indexOf('class="findings"'));
  assert.doesNotMatch(html, /<svg class="forest/);
  assert.match(runsText(report, plain), /machine\.cpuModel differs: A Example CPU.*, B Reference CPU/);
});

test('another loop or contract is named among the differences', () => {
  const one = runOf(3, 0.5);
  const trials = one.trials.map((trial) => ({ ...trial, spec: { ...trial.spec, contractVersion: 9 } }));
  const fields = overlay(one, { ...one, trials }).differences.map(({ field }) => field);
  assert.deepEqual(fields, ['spec.contractVersion']);
});

test('no trial, one trial, another scenario: each gives a page that says what it can show', () => {
  const nothing = overlay(runResult({ trials: [] }), runResult({ trials: [] }));
  assert.match(runsHtml(nothing, assets), /nothing was measured/);
  const single = overlay(runOf(1, 0.5), runOf(1, 0.6));
  assert.match(single.cells[0]?.sentence[1]?.text ?? '', /A 0\.50 ms; B 0\.60 ms \(\+20\.0 %\)/);
  const other = overlay(runOf(3, 0.5), sevenAtThreeRates());
  const texts = other.cells.map(({ sentence }) => sentence.map(({ text }) => text).join(''));
  assert.ok(texts.some((text) => /A no figure; B .* \(in B alone\)/.test(text)));
  assert.match(runsHtml(overlay(badDay(), sevenAtOneRate()), assets), /Can it be trusted/);
});

test('what broke its contract has no figure in any picture', () => {
  const run = runOf(3, 0.5);
  const implementations = run.implementations.map((one) =>
    one.status === 'ready'
      ? { ...one, conformance: { status: 'failed' as const, checkCount: 2, failures: ['no'] } }
      : one,
  );
  const report = overlay(run, { ...run, implementations } as RunResult);
  const [strip] = [...runCharts(report).values()].flat();
  assert.deepEqual(strip && chartSeries(strip).map(({ label }) => label), ['A']);
});

test('a judgement has its sentence first, pairs over time with the control beside them, and the band of its smallest effect', () => {
  const html = runsHtml(judged, assets);
  assert.ok(html.indexOf(judged.outcome?.summary ?? '-') < html.indexOf('class="findings"'));
  const charts = [...runCharts(judged).values()].flat();
  const ids = charts.map(({ id }) => id);
  for (const name of [
    'cpu-per-request',
    'percentiles-response',
    'pairs-change',
    'pairs-cpu-per-request',
    'pairs-database-cpu-per-request',
  ])
    assert.ok(
      ids.some((id) => id.endsWith(`-${name}`)),
      name,
    );
  const change = charts.find(({ id }) => id.endsWith('-pairs-change'));
  assert.ok(change?.kind === 'lines' && change.lines.length === 2);
  assert.deepEqual(
    change.band?.map((end) => Number(end.toFixed(2))),
    [-2.44, 2.5],
  );
  assert.equal(change.lines[0]?.points.length, 20);
});

test('every chart of several runs has its canvas and a table with each number', () => {
  for (const report of [judged, overlay(sevenAtThreeRates(), sevenAtOneRate())]) {
    const charts = [...runCharts(report).values()].flat();
    const html = runsHtml(report, assets);
    assert.equal(charts.length, new Set(charts.map(({ id }) => id)).size);
    assert.equal(html.match(/<canvas/g)?.length, new Set(charts.map(slotOf)).size);
    for (const chart of charts) {
      assert.ok(chart.howToRead.length > 30 && chart.altText.length > 30, chart.id);
      if (chart.kind !== 'strips') continue;
      assert.equal(chartData(chart).rows.length, chart.strips.flatMap(({ values }) => values).length);
    }
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
    assert.equal(ids.length, new Set(ids).size);
    for (const [, target = ''] of html.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(target), target);
  }
});
