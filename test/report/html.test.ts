import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { type Chart, slotOf } from '../../src/report/charts/chart.ts';
import { unpackCharts } from '../../src/report/charts/packed.ts';
import { reportCharts } from '../../src/report/charts/report-charts.ts';
import { rounded } from '../../src/report/html/page.ts';
import { type PageAssets, reportHtml } from '../../src/report/html/report.ts';
import { raftRun } from '../support/raft-examples.ts';
import { badDay, recordedElsewhere, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';
import { failedTrial, okTrials, runResult, skipped } from '../support/run-result.ts';

const assets: PageAssets = { script: 'void 0', style: 'p{}', scriptHash: 'sha256-script', styleHash: 'sha256-style' };

function htmlOf(live: RunResult, references: RunResult[] = []): string {
  return reportHtml(buildReport(live, references), assets);
}

test('the page allows its own script and style and nothing else', () => {
  const [, policy = ''] = htmlOf(sevenAtOneRate()).match(/Content-Security-Policy" content="([^"]*)"/) ?? [];
  assert.match(
    policy,
    /default-src &#39;none&#39;; script-src &#39;sha256-script&#39;; style-src &#39;sha256-style&#39;/,
  );
});

test('the words of a cluster are explained where there is one, and nowhere else', () => {
  for (const word of ['Election', 'Split votes, expected', 'Unavailability']) {
    assert.ok(htmlOf(raftRun()).includes(`<dt>${word}</dt>`), word);
    assert.ok(!htmlOf(sevenAtOneRate()).includes(`<dt>${word}</dt>`), word);
  }
});

test('questions with different numbers of trials are summed up by the most', () => {
  assert.match(htmlOf(raftRun()), /, up to 11 trials each, in turn/);
  assert.match(htmlOf(sevenAtOneRate()), /, 3 trials each, in turn/);
});

test('nothing on the page asks for another resource', () => {
  const html = htmlOf(badDay(), [recordedElsewhere()]);
  assert.doesNotMatch(html, /<(img|iframe|script src|object)|url\(|@import|\sstyle="|\son[a-z]+="/);
  const links = [...html.matchAll(/<link[^>]*>/g)].map(([link]) => link);
  assert.deepEqual(links, ['<link rel="icon" href="data:,"/>']);
});

test('hostile text in a result stays text, in markup and in the embedded data', () => {
  const hostile = `</script><script>alert(1)</script><b title="x">'&`;
  const trial = { ...failedTrial(), message: hostile, logTail: hostile };
  const result = runResult({ trials: [...okTrials(2), trial], command: hostile });
  const elsewhere = recordedElsewhere();
  const html = htmlOf(
    { ...result, implementations: [...result.implementations, skipped('crud-x', hostile, hostile)] },
    [{ ...elsewhere, machine: { ...elsewhere.machine, cpuModel: hostile } }],
  );
  assert.equal(html.match(/<script/g)?.length, 2);
  assert.doesNotMatch(html, /<b title/);
  assert.match(html, /&lt;\/script&gt;/);
});

test('embedded data reads back as the report’s charts, to four digits', () => {
  const model = buildReport(sevenAtOneRate(), []);
  const html = reportHtml(model, assets);
  const charts = [...reportCharts(model).values()].flat();
  const [, json = ''] = html.match(/id="page-data">(.*?)<\/script>/) ?? [];
  const embedded: Chart[] = unpackCharts(JSON.parse(json).charts, (slot) => {
    const first = charts.find((chart) => slotOf(chart) === slot);
    return first?.altText ?? '';
  });
  assert.deepEqual(embedded, rounded(charts));
});

test('every chart has its canvas, a line on how to read it and a text in its place', () => {
  const model = buildReport(sevenAtThreeRates(), []);
  const html = reportHtml(model, assets);
  const charts = [...reportCharts(model).values()].flat();
  assert.equal(charts.length, new Set(charts.map(({ id }) => id)).size);
  for (const chart of charts) {
    assert.ok(html.includes(`data-chart="${slotOf(chart)}" role="img" tabindex="0" aria-label=`), chart.id);
    assert.ok(chart.howToRead.length > 30 && chart.altText.length > 30, chart.id);
  }
  assert.equal(html.match(/<canvas/g)?.length, new Set(charts.map(slotOf)).size);
});

test('every table has a caption and every head its scope', () => {
  const html = htmlOf(sevenAtThreeRates(), [recordedElsewhere()]);
  assert.equal(html.match(/<table/g)?.length, html.match(/<caption/g)?.length);
  for (const [head] of html.matchAll(/<th[ >][^>]*/g)) assert.match(head, /scope="(col|row|colgroup)"/);
});

test('ids are unique and every inner link arrives', () => {
  const html = htmlOf(sevenAtThreeRates());
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
  assert.equal(ids.length, new Set(ids).size);
  for (const [, target = ''] of html.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(target), target);
});

test('a skipped implementation says why and what to do in its row', () => {
  assert.match(htmlOf(badDay()), /skipped: go not on PATH \(needs ≥ 1\.25\)\. Remedy: Install Go 1\.25 or newer/);
});

test('recorded rows stand under their machine’s name, apart from the run’s', () => {
  const html = htmlOf(badDay(), [recordedElsewhere()]);
  assert.match(html, /Recorded earlier<\/h3><p class="aside">Reference CPU 4\.2 GHz, 8 cores, recorded 2026-01-02/);
  assert.doesNotMatch(htmlOf(sevenAtOneRate(), [recordedElsewhere()]), /Recorded earlier/);
});

test('the command, the commit, the machine, its hidden settings and the database are on the page', () => {
  const html = htmlOf(sevenAtOneRate());
  const texts = [
    'npm run bench -- run quick',
    '0123abcdef0123',
    'Example CPU 3.0 GHz',
    'huge pages',
    'shared_buffers = 128MB',
    '26.10.0',
  ];
  for (const text of texts) assert.ok(html.includes(text), text);
});
