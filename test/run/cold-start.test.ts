import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyStateOf } from '../../src/run/questions/cold-start.ts';
import { cpuBySecond, firstRightMs, type SecondFigures } from '../../src/run/questions/second-figures.ts';
import { loadResult } from '../support/load-result.ts';

function look(atMs: number, cpuUserMs: number, role: 'target' | 'database' = 'target') {
  const unknown = { processCount: null, threadCount: null, anonBytes: null, rssBytes: null, runDelayMs: null };
  return { ...unknown, atMs, role, cpuUserMs, cpuSystemMs: 1 };
}

test("a second's CPU is the growth between the looks at its edges", () => {
  const samples = [look(1, 0), look(2, 900, 'database'), look(1_002, 300), look(2_003, 350)];
  assert.deepEqual(cpuBySecond(samples, 2), [300, 50]);
});

test('a second whose edge was looked at too late is not known', () => {
  assert.deepEqual(cpuBySecond([look(0, 0), look(1_200, 300), look(2_000, 350), look(3_000, 400)], 3), [
    null,
    null,
    50,
  ]);
});

test('the first right answer is the end of the outage at the start', () => {
  const outages = [
    { startedAtMs: 0, durationMs: 840, unservedCount: 84 },
    { startedAtMs: 5_000, durationMs: 9, unservedCount: 1 },
  ];
  assert.equal(firstRightMs(loadResult({ outages })), 840);
  const { counts } = loadResult();
  assert.equal(firstRightMs(loadResult({ outages, counts: { ...counts, okCount: 0 } })), null);
});

function second(number: number, okCount: number, cpuMs: number | null): SecondFigures {
  const cpuPerRequestMs = cpuMs === null || okCount === 0 ? null : cpuMs / okCount;
  const response = { responseP50Ms: 1, responseP95Ms: 1 };
  return { second: number, scheduledCount: 100, okCount, ...response, cpuMs, cpuPerRequestMs };
}

test('steady is what follows the dear seconds, whose extra cost counts from the spawn on, answered or not', () => {
  // 400 ms before the first answer, then three seconds at 5 ms a request, then 2 ms.
  const seconds = [second(0, 0, 400), ...[1, 2, 3].map((n) => second(n, 100, 500))];
  for (let n = 4; n < 40; n++) seconds.push(second(n, 100, 200));
  const steady = steadyStateOf(seconds);
  assert.equal(steady?.afterSec, 4);
  assert.equal(steady.cpuPerRequestMs, 2);
  assert.equal(steady.extraCpuMs, 400 + 3 * 300);
  assert.equal(steady.extraRequestCount, 650);
});

test('seconds that were not read move nothing, and too few say nothing', () => {
  const seconds = [second(0, 100, 900), second(1, 100, null), second(2, 100, 900)];
  for (let n = 3; n < 30; n++) seconds.push(second(n, 100, 200));
  assert.equal(steadyStateOf(seconds)?.afterSec, 3);
  assert.equal(steadyStateOf(seconds.slice(0, 4)), null);
});
