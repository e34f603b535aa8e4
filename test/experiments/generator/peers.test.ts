import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratioOf, verdictOf } from '../../../experiments/generator/estimate.ts';
import { peersPage } from '../../../experiments/generator/page.ts';
import { assessGoals, type Figures, mediansOf, type Summary } from '../../../experiments/generator/summary.ts';
import {
  readAutocannon,
  readFortio,
  readK6,
  readOha,
  readOurs,
  readVegeta,
  readWrk2,
} from '../../../experiments/generator/tool.ts';

/* The comparison itself is run by people (`npm run bench:peers`); here is what can go wrong without running it. */

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

test('what each generator says of its latencies is read in milliseconds', () => {
  const expected = { p50Ms: 1, p90Ms: 2, p99Ms: 4 };
  assert.deepEqual(readOha(json({ latencyPercentiles: { p50: 0.001, p90: 0.002, p99: 0.004 } })), expected);
  const load = { responseTime: { p50Ms: 1, p90Ms: 2, p99Ms: 4 }, generator: { threadCount: 1, rssBytes: 2 ** 20 } };
  assert.deepEqual(readOurs(json({ load })), { ...expected, residentMib: 1 });
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

/** Each figure once a turn; a single one stands for twelve turns that vary a little about it. */
function summaryOf(figures: Readonly<Record<string, Partial<Figures>>>, turnCount = 12): Summary {
  const cells = Object.entries(figures).map(([key, part]) => {
    const [, tool = '', mode = '', rate = ''] = /^(.*) (\w+) (\d+)$/.exec(key) ?? [];
    const row = { mode: mode as 'null', ratePerSec: Number(rate), connectionCount: 50 };
    const whole = { ...unknown, ...part };
    return { tool, row, runCount: turnCount, failures: [], figures: whole, turns: Array(turnCount).fill(whole) };
  });
  return { cells, highest: [], quick: [] };
}

const lineOf = (summary: Summary, goal: RegExp) => assessGoals(summary).find((line) => goal.test(line.goal));
const verdict = (summary: Summary, goal: RegExp) => lineOf(summary, goal)?.verdict;

test('a goal is met, missed or unknown by what was measured in the same turns', () => {
  const summary = summaryOf({
    'paceline null 1000': { cpuUs: 100, p50Ms: 0.3, p99Ms: 1 },
    'oha null 1000': { cpuUs: 80, p50Ms: 0.28, p99Ms: 0.7 },
    'c-sender null 1000': { cpuUs: 60, p99Ms: 0.95 },
    'k6 null 1000': { cpuUs: 301 },
    'paceline freeze 1000': { p90Ms: 309, truthP90Ms: 300 },
    'paceline stall 1000': { p50Ms: 0.3, truthP50Ms: 0.1 },
  });
  assert.equal(verdict(summary, /^CPU ÷ oha's at 1000\/s$/), 'missed');
  assert.equal(verdict(summary, /^CPU ÷ k6's at 1000/), 'met');
  assert.equal(verdict(summary, /^CPU ÷ the bare sender's at 1000\/s$/), 'met');
  assert.equal(verdict(summary, /^CPU ÷ the bare sender's at 1000\/s \(stretch\)/), 'missed');
  assert.equal(verdict(summary, /^CPU ÷ oha's at 5000/), 'unknown');
  assert.equal(verdict(summary, /^p50 − oha's at 1000/), 'met');
  assert.equal(verdict(summary, /^p99 .* at 1000/), 'met', "1.1 times the bare sender's is the larger");
  assert.equal(verdict(summary, /freeze: p90/), 'missed');
  assert.equal(verdict(summary, /stall: p50/), 'met');
});

test('every goal of the issue has its line', () => {
  const goals = assessGoals(summaryOf({})).map(({ goal }) => goal);
  const perRate = 5;
  assert.equal(goals.length, 4 * perRate + 2 + 2 * 2 + 3 * 3 + 1 + 2 + 2);
  for (const word of ['k6', 'bare sender', '(stretch)', 'arrival CV', 'p50 −', 'p99 ÷', 'constant', 'stall', 'freeze'])
    assert.ok(
      goals.some((goal) => goal.includes(word)),
      word,
    );
});

test('start, memory and the trials of quick are judged like ratios', () => {
  const summary = summaryOf({
    'paceline null 1000': { firstRequestMs: 280 },
    'paceline null 20000': { residentMib: 121 },
  });
  const turn = { ours: { cpuMs: 0.3, wokeLateP50Ms: 0.04 }, former: { cpuMs: 0.6, wokeLateP50Ms: 0.2 } };
  const quick = { ...summary, quick: [...Array(12).fill(turn), { ours: null, former: turn.former }] };
  assert.equal(verdict(quick, /^start of/), 'met');
  assert.equal(verdict(quick, /^resident/), 'missed');
  assert.equal(verdict(quick, /former generator/), 'met');
  assert.equal(verdict(quick, /woke late/), 'met');
  assert.equal(verdict(summary, /woke late/), 'unknown');
});

test('an interval that holds the goal decides nothing, nor do too few turns', () => {
  const noisy = [1, 1.4, 0.9, 1.6, 1.2, 1.1, 1.3, 0.95, 1.25, 1.5, 1.05, 1.3].map((own) => [own, 1] as const);
  assert.equal(verdictOf(ratioOf(noisy), 1.15, 12), 'undecided');
  assert.equal(verdictOf(ratioOf(noisy), 1.25, 12), 'met');
  assert.equal(verdictOf(ratioOf(noisy), 1, 12), 'missed');
  assert.equal(verdictOf(ratioOf(noisy.slice(0, 5)), 2, 12), 'undecided');
  assert.equal(ratioOf(noisy.slice(0, 2)), null);
});

test('where the bare sender misses a goal itself, the goal is its own figure and a tenth', () => {
  const figures = (ours: number) => ({
    'paceline null 5000': { cpuUs: ours },
    'oha null 5000': { cpuUs: 50 },
    'c-sender null 5000': { cpuUs: 90 },
  });
  const line = lineOf(summaryOf(figures(95)), /^CPU ÷ oha's at 5000\/s$/);
  assert.equal(line?.verdict, 'met');
  assert.ok(Math.abs((line?.bound ?? 0) - 1.98) < 1e-9);
  assert.match(line?.note ?? '', /the kernel's share/);
  assert.equal(verdict(summaryOf(figures(105)), /^CPU ÷ oha's at 5000\/s$/), 'missed');
  const late = (ours: number) => ({
    'paceline null 1000': { p50Ms: ours, gapCv: 1 },
    'oha null 1000': { p50Ms: 0.2, gapCv: 1 },
    'c-sender null 1000': { p50Ms: 0.3, gapCv: 1 },
  });
  assert.equal(verdict(summaryOf(late(0.32)), /^p50 − oha's at 1000/), 'met');
  assert.equal(verdict(summaryOf(late(0.34)), /^p50 − oha's at 1000/), 'missed');
});

test('the page names who was there, who was not and why, and by how much a goal was missed', () => {
  const summary = summaryOf({
    'paceline null 100': { cpuUs: 150, gapCv: 1 },
    'oha null 100': { cpuUs: 100, gapCv: 1 },
    'c-sender null 100': { cpuUs: 100, gapCv: 0 },
    'c-sender ×4 null 100': { cpuUs: 25, gapCv: 2 },
  });
  const machine = { id: 'm', cpuModel: 'A', coreCount: 2, memoryBytes: 1, kernel: 'k', hypervisor: null };
  const tool = (id: string) => ({ id, version: '1', isFloor: id.startsWith('c-sender') });
  const page = peersPage({
    ...{
      command: 'npm run bench:peers',
      startedAt: '2026-11-25T00:00:00Z',
      turnCount: 12,
      seconds: 3,
      leastRequestCount: 800,
      rates: [100],
    },
    machine: { ...machine, systemSettings: {} },
    tools: ['paceline', 'oha', 'c-sender', 'c-sender ×4'].map(tool),
    absent: [{ id: 'wrk2', reason: 'not present' }],
    summary,
    goals: assessGoals(summary),
  });
  assert.match(page, /Missing: wrk2: not present\./);
  assert.match(page, /paceline ÷ oha \| 1\.5 \(1\.5–1\.5\)/);
  // Half way between 100 and 25 µs, in logarithms: 50.
  assert.match(page, /Cost at equal evenness[\s\S]*\| paceline \| 3\.00 \|\n\| oha \| 2\.00 \|/);
  assert.match(
    page,
    /CPU ÷ oha's at 100\/s \| 1\.5 \(1\.5–1\.5\) \| ≤ 1\.1 \| missed by 36\.4 % \| the kernel's share/,
  );
  assert.match(page, /\*c-sender\* is no generator/);
  const [, others = ''] = page.split('## What each says of a slow target');
  assert.doesNotMatch(others, /^\| c-sender \|/m);
});
