import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ElectionSetting, electionUs } from '../../../experiments/raft/elections/virtual-election.ts';
import { createRandom } from '../../../src/stats/random.ts';

const setting: ElectionSetting = {
  electionTimeoutMinUs: 150_000,
  electionTimeoutMaxUs: 300_000,
  oneWayDelayUs: 3_000,
  timerStepUs: 1,
};

/** Ascending microseconds. */
function elections(change: Partial<ElectionSetting>, count = 1_000): Float64Array {
  const random = createRandom(1);
  return Float64Array.from({ length: count }, () => electionUs({ ...setting, ...change }, random)).sort();
}

function at(sorted: Float64Array, ratio: number): number {
  return sorted[Math.floor(ratio * sorted.length)] ?? Number.NaN;
}

test('no election is shorter than the rest of the minimum time-out and three messages', () => {
  const sorted = elections({});
  assert.ok(at(sorted, 0) >= 75_000 + 3 * 3_000 - 3_000, `the shortest took ${at(sorted, 0)} µs`);
});

test('the published line 150–300 comes out with the fitted delay: p50 171 ms, p99 406 ms', () => {
  const sorted = elections({});
  assert.ok(Math.abs(at(sorted, 0.5) - 171_000) < 0.05 * 171_000, `p50 ${at(sorted, 0.5)} µs`);
  assert.ok(Math.abs(at(sorted, 0.99) - 406_000) < 0.15 * 406_000, `p99 ${at(sorted, 0.99)} µs`);
});

test('without a delay an election is a time-out alone; nodes that cannot win only cost a term', () => {
  const sorted = elections({ oneWayDelayUs: 0 });
  assert.ok(at(sorted, 1 - 1 / sorted.length) <= 300_000 - 1, 'the first node that can win needs no second time-out');
});

test('timers that know whole milliseconds only split more votes on a narrow range', () => {
  const narrow = { electionTimeoutMaxUs: 155_000 };
  assert.ok(at(elections({ ...narrow, timerStepUs: 1_000 }), 0.5) > at(elections(narrow), 0.5));
});

test('the same seed is the same election', () => {
  assert.deepEqual(elections({}, 20), elections({}, 20));
});
