import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Trial } from '../../src/model/trial.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { maxSummaryLines, summaryText } from '../../src/report/text/summary-text.ts';
import { assertGolden } from '../support/golden.ts';
import { raftRun } from '../support/raft-examples.ts';
import { badDay, sevenAtOneRate, sevenAtThreeRates } from '../support/run-examples.ts';
import { okTrials, ready, runResult, scenarioEntry } from '../support/run-result.ts';

const plain = { color: false, resultPath: 'results/m/r.json', reportPath: 'reports/r.html' };

function summaryOf(result: RunResult): string {
  return summaryText(buildReport(result, []), plain);
}

function warned(implementation: string, messages: readonly string[]): Trial[] {
  return okTrials(messages.length, { implementation }).map((trial, index) => ({
    ...trial,
    warnings: [{ code: 'noisy', message: messages[index] ?? '', advice: 'close it' }],
  }));
}

/** Two implementations at very many rates. */
function crowded(): RunResult {
  const rates = Array.from({ length: 60 }, (_, index) => index + 1);
  const trials = rates.flatMap((ratePerSec) =>
    ['crud-go', 'crud-node-async'].flatMap((implementation) => okTrials(1, { implementation, ratePerSec })),
  );
  const scenario = { ...runResult().scenario, entries: [scenarioEntry({ ratesPerSec: rates })] };
  return runResult({ implementations: ['crud-go', 'crud-node-async'].map(ready), scenario, trials });
}

test('what a run ends with, on a good day and on a bad one, is as accepted', () => {
  assertGolden(summaryOf(sevenAtOneRate()), new URL('goldens/seven-summary.txt', import.meta.url));
  assertGolden(summaryOf(badDay()), new URL('goldens/bad-day-summary.txt', import.meta.url));
});

test('no summary is longer than 40 lines of 100 columns, whatever the run', () => {
  for (const result of [sevenAtOneRate(), sevenAtThreeRates(), badDay(), raftRun(), crowded()]) {
    const lines = summaryOf(result).trimEnd().split('\n');
    assert.ok(lines.length <= maxSummaryLines, `${lines.length} lines`);
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
  }
});

test('where there is no room for every table, questions are shortened, then counted', () => {
  const three = summaryOf(sevenAtThreeRates());
  assert.match(three, /^history at 25\/s: all 7 sustained it; .*\nimplementation /);
  assert.match(three, /\nhistory at 25\/s, cold: all 7 sustained it.*\n\n/);
  assert.match(summaryOf(crowded()), /\n\d+ more: --details\n/);
});

test('the summary ends with a line of trust and two paths', () => {
  assert.match(
    summaryOf(sevenAtOneRate()),
    /\nTrust: generator: no latency discarded in 21 trials; noise at most: [\s\S]*; resolution: CPU differences over 2\.9 % are told apart\nResult {2}results\/m\/r\.json\nReport {2}reports\/r\.html\n$/,
  );
});

test('a cause is said once, with its range, how many trials and which implementations it is about, and what to do', () => {
  const trials = [...warned('crud-go', ['a neighbour took 7 %', 'a neighbour took 12 %'])];
  assert.match(summaryOf(runResult({ trials })), /! 2 trials \(crud-go\): A neighbour took 7–12 %\. Close it\./i);
});

test('the same fault of many implementations is counted by service', () => {
  const ids = sevenAtOneRate().implementations.map(({ manifest }) => manifest.id);
  const trials = ids.flatMap((id) => warned(id, ['a neighbour took 7 %']));
  assert.match(summaryOf({ ...sevenAtOneRate(), trials }), /! 7 trials \(all 7 crud\): /);
});

test('a coloured summary has the same words', () => {
  const model = buildReport(badDay(), []);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
  const codes = /\u001b\[\d+m/g;
  const coloured = summaryText(model, { ...plain, color: true });
  assert.match(coloured, codes);
  assert.equal(coloured.replaceAll(codes, ''), summaryText(model, plain));
});
