import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildReport } from '../../src/report/build/build-report.ts';
import { findingOf } from '../../src/report/findings.ts';
import type { Question } from '../../src/report/model.ts';
import { raftRun } from '../support/raft-examples.ts';
import { badDay, sevenAtOneRate } from '../support/run-examples.ts';
import { okTrials, ready, runResult } from '../support/run-result.ts';

function sentenceOf(question: Question | undefined): string {
  assert.ok(question);
  return findingOf(question)
    .sentence.map(({ text }) => text)
    .join('');
}

function questionsOf(run: Parameters<typeof buildReport>[0]): Question[] {
  return buildReport(run, []).groups.flatMap(({ questions }) => questions);
}

test('the cheapest with its cost, then the next and the most expensive as multiples', () => {
  const [question] = questionsOf(sevenAtOneRate());
  assert.match(
    sentenceOf(question),
    /^At 100 requests\/s on history, crud-go spent 0\.51 ms of CPU a request; crud-node-async 1\.43 times that \[1\.3\d, 1\.4\d\]; crud-python-flask \d\.\d\d times \[\d\.\d\d, \d\.\d\d\]\.$/,
  );
  assert.match(question ? findingOf(question).title : '', /^history at 100 requests\/s: crud-go needs the least CPU/);
});

test('what cannot be told apart is said to be so', () => {
  const ids = ['crud-go', 'crud-node-async'];
  const trials = [
    ...okTrials(3, { implementation: 'crud-go', cpuPerRequestMs: 0.5 }, 0.1),
    ...okTrials(3, { implementation: 'crud-node-async', cpuPerRequestMs: 0.52 }, 0.1),
  ];
  const [question] = questionsOf(runResult({ implementations: ids.map(ready), trials }));
  assert.match(
    sentenceOf(question),
    /crud-go and crud-node-async spent 0\.50 to 0\.52 ms of CPU a request and cannot be told apart/,
  );
});

test('rows without a figure are named with their reason, and too few trials rank nothing', () => {
  const [question] = questionsOf(badDay());
  assert.match(sentenceOf(question), /too few trials to rank.* No figure: .*crud-go \(skipped/);
});

test('a question without requests says so', () => {
  const idle = questionsOf(raftRun()).find(({ ratePerSec }) => ratePerSec === 0);
  assert.match(sentenceOf(idle), /^On .* \(no requests are sent\), /);
});
