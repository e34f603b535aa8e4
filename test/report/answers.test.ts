import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trial } from '../../src/model/trial.ts';
import { buildReport } from '../../src/report/build/build-report.ts';
import { invalidTrial, okTrial, okTrials, overloadedTrial, runResult } from '../support/run-result.ts';

/** The answers as sentences, by their subject. */
function sentences(trials: Trial[]): Record<string, string> {
  const [cell] = buildReport(runResult({ trials }), []).groups.flatMap((group) => group.questions);
  const entries = cell?.answers.map((answer) => [answer.subject, answer.parts.map((part) => part.text).join('')]);
  return Object.fromEntries(entries ?? []);
}

const goTrials = okTrials(3, { implementation: 'crud-go', cpuPerRequestMs: 0.42 });

test('the lowest is named with the next one’s ratio to it and the interval', () => {
  const answers = sentences([
    ...goTrials,
    ...okTrials(3, { implementation: 'crud-node-async', cpuPerRequestMs: 0.88 }),
  ]);
  assert.match(
    answers['Lowest CPU per request'] ?? '',
    /^crud-go \(0\.42 ms\); next: crud-node-async, 2\.1\d× \[1\.9\d, 2\.2\d\]$/,
  );
});

test('the far end is named too when there are more than two', () => {
  const answers = sentences([
    ...goTrials,
    ...okTrials(3, { implementation: 'crud-node-async', cpuPerRequestMs: 0.88 }),
    ...okTrials(3, { implementation: 'crud-python-flask', cpuPerRequestMs: 1.5 }),
  ]);
  assert.match(answers['Lowest CPU per request'] ?? '', /; highest: crud-python-flask, 3\.5\d× \[3\.\d\d, 3\.\d\d\]$/);
});

test('what cannot be told from the least is named with its ratio, and the interval holds 1', () => {
  const answers = sentences([
    ...goTrials,
    ...okTrials(3, { implementation: 'crud-node-async', cpuPerRequestMs: 0.425 }),
    ...okTrials(3, { implementation: 'crud-python-flask', cpuPerRequestMs: 1.5 }),
  ]);
  assert.match(
    answers['Lowest CPU per request'] ?? '',
    /^crud-go \(0\.42 ms\) not told from crud-node-async \(1\.01× \[0\.9\d, 1\.0\d\]\); highest: crud-python-flask, 3/,
  );
});

test('one or two trials are shown, never ranked', () => {
  const few = okTrials(2, { implementation: 'crud-node-async', cpuPerRequestMs: 0.1 });
  const answers = sentences([
    ...goTrials,
    ...few,
    ...okTrials(3, { implementation: 'crud-python-flask', cpuPerRequestMs: 1.5 }),
  ]);
  assert.match(answers['Lowest CPU per request'] ?? '', /^crud-go .*; not ranked: crud-node-async \(2 trials\)$/);
});

test('too few trials of all are reported once', () => {
  const answers = sentences([okTrial({ implementation: 'crud-go' }), okTrial({ implementation: 'crud-node-async' })]);
  assert.deepEqual(Object.keys(answers), ['Sustained the rate', 'Rankings']);
  assert.match(answers.Rankings ?? '', /^too few trials to say/);
});

test('what did not hold the rate is named and not ranked', () => {
  const overloaded = [1, 2, 3].map((repetition) =>
    overloadedTrial({ implementation: 'crud-python-flask', repetition, cpuPerRequestMs: 0.01 }),
  );
  const answers = sentences([
    ...goTrials,
    ...okTrials(3, { implementation: 'crud-node-async', cpuPerRequestMs: 0.88 }),
    ...overloaded,
  ]);
  assert.equal(
    answers['Sustained the rate'],
    'crud-go and crud-node-async; not crud-python-flask (overloaded, 3 of 3 trials)',
  );
  assert.doesNotMatch(answers['Lowest CPU per request'] ?? '', /flask/);
});

test('what the machine spoiled is unknown, not a failure', () => {
  const spoiled = [1, 2, 3].map((repetition) => invalidTrial({ implementation: 'crud-python-flask', repetition }));
  const answers = sentences([...goTrials, ...spoiled]);
  assert.equal(answers['Sustained the rate'], 'crud-go; unknown for crud-python-flask (no trial counts)');
});

test('a single implementation is not ranked', () => {
  assert.deepEqual(Object.keys(sentences(goTrials)), ['Sustained the rate']);
});
