import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areApart, rankMedians, rankTrials, ratioBetween } from '../../src/compare/ranking.ts';
import { metricById } from '../../src/model/metric.ts';
import { type okTrial, okTrials } from '../support/run-result.ts';

const cpu = metricById('cpu-per-request');
const freely = { against: null };

function trialsOf(costs: Readonly<Record<string, number>>, count = 5) {
  return Object.entries(costs).flatMap(([implementation, cpuPerRequestMs]) =>
    okTrials(count, { implementation, cpuPerRequestMs }, 0.02),
  );
}

test('letters, ratios to the least and pairs come from one set of intervals', () => {
  const ranking = rankTrials(
    trialsOf({ 'crud-go': 1, 'crud-node-async': 1.01, 'crud-python-flask': 1.5 }),
    cpu,
    freely,
  );
  assert.deepEqual(
    ranking?.ranked.map(({ implementation, letters }) => [implementation, letters]),
    [
      ['crud-go', 'a'],
      ['crud-node-async', 'a'],
      ['crud-python-flask', 'b'],
    ],
  );
  for (const { implementation, toReference } of ranking?.ranked.slice(1) ?? []) {
    assert.deepEqual(toReference, ranking && { ...pick(ratioBetween(ranking, implementation, 'crud-go')) });
  }
  const back = ranking && ratioBetween(ranking, 'crud-go', 'crud-python-flask');
  assert.ok(back && areApart(back) && Math.abs(back.ratio - 1 / 1.5) < 0.01);
});

function pick(ratio: ReturnType<typeof ratioBetween>) {
  return ratio && { ratio: ratio.ratio, lowRatio: ratio.lowRatio, highRatio: ratio.highRatio };
}

test('a round that was slow for all does not widen an interval', () => {
  const costs = { 'crud-go': 1, 'crud-node-async': 1.2 };
  const steady = rankTrials(trialsOf(costs), cpu, freely);
  const slow = trialsOf(costs).map((trial) => (trial.spec.repetition === 2 ? slowed(trial) : trial));
  assert.ok(Math.abs((rankTrials(slow, cpu, freely)?.halfWidthRatio ?? 0) - (steady?.halfWidthRatio ?? 1)) < 1e-9);
});

function slowed(trial: ReturnType<typeof okTrial>) {
  if (trial.status !== 'ok') return trial;
  const { measurement } = trial;
  const own = measurement.cpu.target;
  const target = own === null ? null : { ...own, perRequestMs: 2 * (own.perRequestMs ?? 0) };
  return { ...trial, measurement: { ...measurement, cpu: { ...measurement.cpu, target } } };
}

test('a lost trial leaves the implementation in, and its ratio where it was', () => {
  const all = trialsOf({ 'crud-go': 1, 'crud-node-async': 1.2, 'crud-node-threads': 1.4 });
  const slow = all.map((trial) => (trial.spec.repetition === 1 ? slowed(trial) : trial));
  const [, ...rest] = slow;
  const ranking = rankTrials(rest, cpu, freely);
  const ratio = ranking && ratioBetween(ranking, 'crud-node-async', 'crud-go');
  // A plain mean would blame the slow round on those that have it.
  assert.ok(ratio && Math.abs(ratio.ratio - 1.2) < 0.03, String(ratio?.ratio));
});

test('two trials, a value of 0, or no round in common are not ranked', () => {
  const costs = { 'crud-go': 1, 'crud-node-async': 1.2 };
  assert.equal(rankTrials(trialsOf(costs, 2), cpu, freely), null);
  assert.equal(rankTrials(trialsOf({ 'crud-go': 1 }), cpu, freely), null);
  assert.equal(rankTrials([], cpu, freely), null);
  const withZero = [...trialsOf(costs), ...okTrials(5, { implementation: 'crud-node-workers', cpuPerRequestMs: 0 })];
  assert.deepEqual(rankTrials(withZero, cpu, freely)?.unranked, ['crud-node-workers']);
  const elsewhere = okTrials(5, { implementation: 'crud-node-workers' }).map((trial) => ({
    ...trial,
    spec: { ...trial.spec, repetition: trial.spec.repetition + 10 },
  }));
  assert.deepEqual(rankTrials([...trialsOf(costs), ...elsewhere], cpu, freely)?.unranked, ['crud-node-workers']);
});

test('one that came through few rounds is ranked with what it has, and less sharply', () => {
  const costs = { 'crud-go': 1, 'crud-node-async': 1.2, 'crud-node-threads': 1.4 };
  const few = trialsOf(costs, 8).filter(
    ({ spec }) => spec.implementation !== 'crud-node-threads' || spec.repetition > 5,
  );
  const ranking = rankTrials(few, cpu, freely);
  const width = (name: string) => {
    const ratio = ranking && ratioBetween(ranking, name, 'crud-go');
    return ratio === null ? Number.NaN : Math.log(ratio.highRatio / ratio.lowRatio);
  };
  assert.ok(width('crud-node-threads') > 1.2 * width('crud-node-async'));
});

test('on a machine so steady that nothing varies, what differs is told apart and what is equal is not', () => {
  const exact = (implementation: string, cpuPerRequestMs: number) =>
    okTrials(5, { implementation, cpuPerRequestMs }, 0);
  const trials = [...exact('crud-go', 1), ...exact('crud-node-async', 1), ...exact('crud-node-threads', 1.1)];
  const ranking = rankTrials(trials, cpu, freely);
  assert.deepEqual(
    ranking?.ranked.map(({ letters }) => letters),
    ['a', 'a', 'b'],
  );
  assert.ok((ranking?.halfWidthRatio ?? 1) < 1e-6);
});

test('more than ten are each compared with one, the first by name or the one that is asked for', () => {
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`crud-x${index}`, 1 + index / 50]));
  const ranking = rankTrials(trialsOf(eleven), cpu, freely);
  assert.deepEqual([ranking?.method, ranking?.reference], ['dunnett', 'crud-x0']);
  const asked = rankTrials(trialsOf(eleven), cpu, { against: 'crud-x4' });
  assert.equal(asked?.reference, 'crud-x4');
  assert.equal(asked?.ranked.find(({ implementation }) => implementation === 'crud-x4')?.toReference, null);
  assert.equal(rankTrials(trialsOf({ 'crud-go': 1, 'crud-node-async': 2 }), cpu, freely)?.method, 'tukey');
});

test('elections are ranked by the medians of all of them', () => {
  const around = (middle: number) => Array.from({ length: 30 }, (_, index) => middle + index - 15);
  const ranking = rankMedians(
    new Map([
      ['a', around(100)],
      ['b', around(105)],
      ['c', around(200)],
      ['d', [3]],
    ]),
    'election-p50',
  );
  assert.deepEqual(
    ranking?.ranked.map(({ implementation, letters }) => `${implementation} ${letters}`),
    ['a a', 'b a', 'c b'],
  );
  assert.equal(rankMedians(new Map([['a', around(100)]]), 'election-p50'), null);
});
