import assert from 'node:assert/strict';
import { test } from 'node:test';
import { peersPage } from '../../../experiments/generator/page.ts';
import { assessGoals, type Figures, mediansOf, type Summary } from '../../../experiments/generator/summary.ts';
import {
  readAutocannon,
  readFortio,
  readK6,
  readOha,
  readVegeta,
  readWrk2,
} from '../../../experiments/generator/tool.ts';

/* The comparison itself is run by people (`npm run bench:peers`); here is what can go wrong without running it. */

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

test('what each generator says of its latencies is read in milliseconds', () => {
  const expected = { p50Ms: 1, p90Ms: 2, p99Ms: 4 };
  assert.deepEqual(readOha(json({ latencyPercentiles: { p50: 0.001, p90: 0.002, p99: 0.004 } })), expected);
  assert.deepEqual(readVegeta(json({ latencies: { '50th': 1e6, '90th': 2e6, '99th': 4e6 } })), expected);
  const values = { 'p(50)': 1, 'p(90)': 2, 'p(99)': 4 };
  assert.deepEqual(readK6(json({ http_req_duration: { values } })), expected);
  assert.deepEqual(readAutocannon(json({ latency: { p50: 1, p90: 2, p99: 4 } })), expected);
  const percentiles = [50, 90, 99].map((Percentile, index) => ({ Percentile, Value: [0.001, 0.002, 0.004][index] }));
  assert.deepEqual(readFortio(json({ DurationHistogram: { Percentiles: percentiles } })), expected);
});

test('wrk2 writes units beside its figures', () => {
  const text = `  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%  890.00us
 75.000%    1.19ms
 90.000%    1.50ms
 99.000%    1.02s
 99.900%    1.10m
`;
  assert.deepEqual(readWrk2(Buffer.from(text)), { p50Ms: 0.89, p90Ms: 1.5, p99Ms: 1020 });
});

test('a generator that says nothing of a percentile leaves it unknown', () => {
  assert.deepEqual(readK6(json({})), { p50Ms: null, p90Ms: null, p99Ms: null });
  assert.equal(readOha(json({ latencyPercentiles: { p50: null } })).p50Ms, null);
});

const unknown = mediansOf([]);

function summaryOf(figures: Readonly<Record<string, Partial<Figures>>>): Summary {
  const cells = Object.entries(figures).map(([key, part]) => {
    const [tool = '', mode = '', rate = ''] = key.split(' ');
    const row = { mode: mode as 'null', ratePerSec: Number(rate), connectionCount: 50 };
    return { tool, row, runCount: 5, failures: [], figures: { ...unknown, ...part } };
  });
  return { cells, highest: [], memory: [{ requestCount: 1e6, rssBytes: 90e6, threadCount: 1 }] };
}

const verdictOf = (summary: Summary, goal: RegExp) =>
  assessGoals(summary).find((line) => goal.test(line.goal))?.verdict;

test('a goal is met, missed or unknown by what was measured in the same run', () => {
  const summary = summaryOf({
    'paceline null 1000': { cpuUs: 100, gapCv: 0.4, p50Ms: 0.3 },
    'oha null 1000': { cpuUs: 90, gapCv: 0.5, p50Ms: 0.25 },
    'k6 null 1000': { cpuUs: 301 },
    'paceline freeze 1000': { p90Ms: 309, truthP90Ms: 300 },
    'paceline stall 1000': { p50Ms: 0.3, truthP50Ms: 0.1 },
  });
  assert.equal(verdictOf(summary, /CPU a request at 1000\/s no more than oha/), 'missed');
  assert.equal(verdictOf(summary, /CPU a request at 1000\/s under a third of k6/), 'met');
  assert.equal(verdictOf(summary, /CPU a request at 5000\/s no more than oha/), 'unknown');
  assert.equal(verdictOf(summary, /arrival CV at 1000/), 'met');
  assert.equal(verdictOf(summary, /p50 at 1000\/s within 0\.10/), 'met');
  assert.equal(verdictOf(summary, /freeze: p90/), 'missed');
  assert.equal(verdictOf(summary, /stall: p50/), 'met');
  assert.equal(verdictOf(summary, /RSS after 1000000/), 'met');
});

test('a rate that more than one thread sent is no proof for one', () => {
  const one = summaryOf({ 'paceline null 20000': { answeredRatio: 1 } });
  assert.equal(verdictOf(one, /one sending thread/), 'met');
  const two = { ...one, memory: [{ requestCount: 1, rssBytes: 1, threadCount: 2 }] };
  assert.equal(verdictOf(two, /one sending thread/), 'unknown');
});

test('the page names the generators that ran, those that did not and why, and by how much a goal was missed', () => {
  const summary = summaryOf({ 'paceline null 100': { cpuUs: 150 }, 'oha null 100': { cpuUs: 100 } });
  const machine = { id: 'm', cpuModel: 'A', coreCount: 2, memoryBytes: 1, kernel: 'k', hypervisor: null };
  const facts = {
    ...{ command: 'npm run bench:peers', startedAt: '2026-11-25T00:00:00Z', runCount: 5, seconds: 5, rates: [100] },
    machine: { ...machine, systemSettings: {} },
    tools: [
      { id: 'paceline', version: 'this commit', isFloor: false },
      { id: 'oha', version: '1.16.0', isFloor: false },
    ],
    absent: [{ id: 'wrk2', reason: 'not present' }],
    summary,
    goals: assessGoals(summary),
  };
  const page = peersPage(facts);
  assert.match(page, /Missing: wrk2: not present\./);
  assert.match(page, /paceline ÷ oha \| 1\.50/);
  assert.match(page, /CPU a request at 100\/s no more than oha's \| 150 \| ≤ 100 \| missed by 50\.0 % \|/);

  const floored = peersPage({
    ...facts,
    tools: [...facts.tools, { id: 'node-baseline', version: 'v26', isFloor: true }],
  });
  assert.match(floored, /\*node-baseline\* is no generator/);
  const [rates = '', others = ''] = floored.split('## What each says of a slow target');
  assert.match(rates, /^\| node-baseline \|/m);
  assert.doesNotMatch(others, /^\| node-baseline \|/m);
});
